/** Die Texte der Seite auf Deutsch. */
import type { LessonText } from "./en";

export const language = "Deutsch";

export const lesson: LessonText = {
  region: "Lektion",
  opening: "Die Lektion wird geöffnet",
  step: (at, of) => `Schritt ${at} von ${of}`,
  minutes: (minutes) => `etwa ${minutes} Min.`,
  steps: "Schritte",
  goTo: (at, title) => `Schritt ${at}: ${title}`,
  answered: "beantwortet",
  back: "Zurück",
  next: "Weiter",
  fold: "Text ausblenden",
  unfold: "Text einblenden",

  question: "Frage",
  hint: "Ein Hinweis",
  answer: "Antwort",
  check: "Prüfen",
  compare: "Vergleichen",
  reveal: "Antwort zeigen",
  right: "Das stimmt.",
  wrong: "Nicht ganz. Denk noch einmal nach, nimm einen Hinweis oder sieh dir die Antwort an.",
  yourNumber: "Deine Zahl",
  notANumber: "Gib eine Zahl ein, zum Beispiel 12 oder 0,5.",
  chooseFirst: "Wähle zuerst eine Antwort aus.",
  markFirst: "Markiere zuerst ein paar Pixel.",

  brush: (pixels) => `Bild, auf dem sich bis zu ${pixels} Pixel markieren lassen`,
  brushKeys:
    "Mit Maus oder Finger zeichnen; über Markiertes zeichnen nimmt es weg. Mit der Tastatur: Pfeile, Leertaste.",
  marked: (count, most) => `${count} von ${most} Pixeln markiert`,
  at: (row, column, marked) =>
    `Zeile ${row}, Spalte ${column}, ${marked ? "markiert" : "nicht markiert"}.`,
  clear: "Löschen",
  overlap: (hits, marked, share, chance) =>
    `${hits} der ${marked} Pixel, die du markiert hast, gehören zu den ${marked} wichtigsten: ${share}. Zufällig gesetzte Marken kämen auf ${chance}.`,
  hit: "markiert, und es zählt",
  miss: "nur markiert",
  missed: "zählt, nicht markiert",

  waiting: "Wird vorbereitet",
  stages: {
    "warm-up": "Aufwärmen",
    training: "Training",
    "pixel-importance": "Wichtigkeit der Pixel wird gemessen",
    direction: "Richtungen werden bestimmt",
    "latent-importance": "Wichtigkeit der latenten Dimensionen wird gemessen",
    done: "Fertig",
  },
  running: "Der Explorer rechnet; du kannst weiterlesen.",
  notRun: "Dieser Schritt spricht von einem fertigen Lauf mit seinen eigenen Einstellungen.",
  run: "Starten",
  stopped: "Der Lauf ist stehen geblieben; der Explorer sagt, warum.",
  unknown: "erst bekannt, wenn der Lauf fertig ist",
  replay: "Das Training noch einmal",
  play: "Noch einmal abspielen",
  halt: "Anhalten",
  stepBack: "Eine Epoche zurück",
  stepOn: "Eine Epoche weiter",
  epoch: "Epoche",
  afterEpoch: (epoch, of, loss) => `Nach Epoche ${epoch} von ${of}: Loss ${loss}.`,
  trainSlowly: "Noch einmal langsam trainieren",

  restore: "Den Explorer wieder so einstellen, wie dieser Schritt ihn braucht",

  done: "Das war die Lektion.",
  score: (right, of) => `Beim ersten Versuch hattest du ${right} von ${of} Fragen richtig.`,
  stay: "Der Explorer gehört jetzt dir: ändere die Einstellungen, bring eigene Bilder mit, sieh noch einmal hin.",

  present: "Der Klasse vorführen",
  keysOf: "Vorführen",
  toQuestion: "Frage",
  blank: "Schwarzes Bild",
  isBlank: "Das Bild ist schwarz. Jede der Tasten zeigt es wieder.",
  leavePresenting: "Beenden",
  keys: { forward: "Bild ab", back: "Bild auf", blank: "B", leave: "Esc" },

  more: "Über diese Lektion",
  source: (where) => `Diese Lektion kommt von ${where}.`,
  sourceFile: (name) => `Diese Lektion kommt aus der Datei ${name} auf deinem Gerät.`,
  notes: "Hinweise für Lehrende",
  print: "Als Arbeitsblatt drucken",
  again: "Von vorn beginnen",
  own: "Eine Lektion aus einer Datei öffnen",
  drop: "Oder leg eine hier ab: eine Markdown-Datei.",
  leave: "Lektion verlassen",
  backToLesson: "Zur Lektion",

  foreign: (host) => `Diese Lektion liegt auf einem anderen Server, ${host}.`,
  foreignWhy:
    "Sie zu öffnen sendet eine Anfrage dorthin, wie bei jedem Link; sonst wird nichts gesendet. Ihr Text kann nur etwas sagen und den Explorer einstellen.",
  open: "Öffnen",
  decline: "Ohne Lektion hierbleiben",

  cannot: "Diese Lektion lässt sich nicht zeigen",
  inFile: (file, line, reason) => `${file}, Zeile ${line}: ${reason}`,
  ofFile: (file, reason) => `${file}: ${reason}`,
  unreachable: (reason) =>
    `sie konnte nicht geholt werden (${reason}). Prüfe die Adresse in „?lesson=“ und die Verbindung.`,
  tooLarge: "sie ist größer als 256 kB. Eine Lektion ist nur Text: kürze sie.",
  notText: "sie ist kein Text. Wähle eine Markdown-Datei, deren Name auf .md endet.",
  gone: "der Browser hat diese Datei nicht behalten. Wähle sie noch einmal aus.",

  handoutAnswers: "Antworten",
  name: "Name",
};
