/** Die Texte der Seite auf Deutsch. */
import type { AnswersText, EditorText, LessonText } from "./en";

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
    preparation: "Zusammengehörige Pixel werden gesucht",
    "pixel-importance": "Wichtigkeit der Pixel wird gemessen",
    direction: "Richtungen werden bestimmt",
    "group-importance": "Wichtigkeit der Gruppen wird gemessen",
    "latent-importance": "Wichtigkeit der latenten Dimensionen wird gemessen",
    divergence: "Die Divergenz wird gemessen",
    "reconstruction-errors": "Die Fehler der Rekonstruktionen werden gemessen",
    "donor-checks": "Es wird geprüft, wessen Werte eingesetzt werden",
    attribution: "Andere Verfahren werden befragt",
    "fair-test": "Die Verfahren werden verglichen",
    "image-errors": "Es wird gemessen, wie viel an den Bildern liegt",
    factors: "Es wird bestimmt, welche Dimension welchen Faktor trägt",
    smaller: "Dimensionen werden weggelassen",
    controls: "Kontrollen werden trainiert",
    networks: "Andere Netze werden trainiert",
    sizes: "Andere Zahlen von Dimensionen werden trainiert",
    done: "Fertig",
  },
  running: "Der Explorer rechnet; du kannst weiterlesen.",
  notRun: "Dieser Schritt spricht von einem fertigen Lauf mit seinen eigenen Einstellungen.",
  run: "Starten",
  stopped: "Der Lauf ist stehen geblieben; der Explorer sagt, warum.",
  unknown: "erst bekannt, wenn der Lauf fertig ist",
  replay: "Das Training noch einmal",
  play: "Abspielen",
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
  preparing: "Die Bilder werden gemacht; dann wird gedruckt.",
  noPictures:
    "Hier fehlen Bilder: druck dies mit „Als Arbeitsblatt drucken“ unter „Über diese Lektion“.",
  again: "Von vorn beginnen",
  own: "Eine Lektion aus einer Datei öffnen",
  drop: "Oder leg eine hier ab: eine Markdown-Datei.",
  save: "Diese Lektion als Datei speichern",
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
  noTranslation:
    "sie ist als Übersetzung der Lektion genannt, hat aber eine andere Sprache, andere Fragen oder andere Einstellungen.",
  gone: "der Browser hat diese Datei nicht behalten. Wähle sie noch einmal aus.",

  handoutAnswers: "Antworten",
  name: "Name",
};

export const answers: AnswersText = {
  handIn: "Deine Antworten der Lehrkraft geben",
  handInWhy:
    "Ein Code mit deinen Antworten und Schätzungen: füg ihn dort ein, wo deine Lehrkraft ihn haben will.",
  yourName: "Dein Name oder Kürzel, falls deine Lehrkraft ihn braucht",
  code: "Der Code deiner Antworten",
  copyCode: "Code kopieren",
  copyLink: "Als Link kopieren",
  copied: "Kopiert.",
  copyYourself: "Der Browser lässt das Kopieren nicht zu: kopier den markierten Text selbst.",
  handInWhat:
    "Er enthält deine Antworten, die Hinweise, die du geöffnet hast, wie weit du bist, wann er gemacht wurde, eine Zufallszahl, die deinen Code von anderen unterscheidet, und den Namen oben. Er geht nirgendwohin, bis du ihn schickst.",

  page: "Die Antworten der Klasse",
  codes: "Codes",
  paste: "Die Codes oder Links der Klasse, einer pro Zeile",
  pasteHow:
    "Alle auf einmal einfügen oder eine Textdatei hier ablegen. Alles bleibt in diesem Browser. Von derselben Person zählt der neueste Code.",
  file: "Textdatei öffnen",
  tooLarge: "Diese Datei ist zu groß für eine Liste von Codes.",
  none: "Noch keine Antworten. Den Code gibt es am Ende der Lektion und unter „Über diese Lektion“.",
  students: (count, written) => (count === 1 ? "1 Person" : `${written} Personen`),
  left: (count, written) =>
    count === 1 ? "1 Code wird nicht gezählt" : `${written} Codes werden nicht gezählt`,
  line: (line, name) => (name ? `Zeile ${line} (${name})` : `Zeile ${line}`),
  why: {
    none: "darin steht kein Code",
    damaged: "der Code ist unvollständig oder verändert: lass ihn noch einmal kopieren",
    newer: "der Code stammt von einer neueren Version dieser Seite: lade diese neu",
    questions: "Antworten auf eine andere Lektion oder eine andere Fassung von dieser",
    settings: "Antworten auf diese Lektion mit anderen Einstellungen",
    seed: (theirs, own) => `Antworten auf diese Lektion mit Startwert ${theirs} statt ${own}`,
    foreign: "die Antworten passen nicht zu den Fragen dieser Lektion",
    double: "derselbe Code noch einmal",
    older: "dieselbe Person hat einen neueren abgegeben",
    many: "es sind mehr als 500 Personen",
  },
  sameName: (name) =>
    `„${name}“ steht hier für mehrere Personen, oder für eine, die mehrere Browser benutzt hat: lösch die Zeile, die nicht gelten soll.`,
  export: "Als CSV speichern",
  remove: "Alle entfernen",
  lesson: "Zur Lektion",
  measuring: "Der Lauf der Lektion wird gemessen",
  unmeasured: "Der Lauf wurde nicht fertig; was gemessen wurde, fehlt hier deshalb.",
  again: "Noch einmal versuchen",
  answered: (count, all) => `${count} von ${all} haben geantwortet`,
  right: (count) => `${count} beim ersten Versuch richtig`,
  seen: (count) => `${count} haben die Antwort gesehen`,
  hinted: (count) => `${count} haben einen Hinweis geöffnet`,
  rightOption: "richtig",
  trueValue: (value) => `Gemessen: ${value}`,
  rightValue: (value) => `Richtig: ${value}`,
  values: (values) => `Genannt: ${values}.`,
  below: (count) => `${count} weiter links`,
  above: (count) => `${count} weiter rechts`,
  guesses: "Was die Klasse markiert hat",
  measured: "Was gemessen wurde",
  outline: "die wichtigsten Pixel",
  scale: (most) => `0 bis ${most} Personen`,
  scaleMeasured: "von keiner bis zur größten Wichtigkeit",
  pixel: (row, column, students, importance) =>
    `Zeile ${row}, Spalte ${column}: markiert von ${students}${importance ? `, Wichtigkeit ${importance}` : ""}.`,
  pointAt: "Zeig auf ein Pixel, um es abzulesen.",
  median: (share, chance) =>
    `Im Median liegen ${share} der Marken einer Person auf den wichtigsten Pixeln; zufällige Marken kämen auf ${chance}.`,
  together: (pixels, least, hits) =>
    `${pixels} Pixel wurden von ${least} oder mehr markiert: ${hits} davon gehören zu den ${pixels} wichtigsten.`,
  noPixels:
    "Jemand hat Pixel markiert, die diese Bilder nicht haben: die Marken werden nicht gezeigt.",
  talked: "Wird durch Nachdenken und Reden beantwortet.",
  reached: "Wie weit die Klasse ist",
  step: (step, title) => `${step}. ${title}`,
  columns: {
    name: "Name",
    reached: "Weitester Schritt",
    time: "Abgegeben",
    answer: "Antwort",
    first: "beim ersten Versuch richtig",
    hints: "Hinweise",
    seen: "Antwort gesehen",
  },
};

export const editor: EditorText = {
  write: "Eine Lektion schreiben",
  mend: "Hier verbessern",
  heading: "Deine Lektion",
  text: "Der Text der Lektion, in Markdown",
  save: "Als Datei speichern",
  guide: "Wie man eine Lektion schreibt (englisch)",
  faults: (count) =>
    count === 0
      ? "Keine Fehler. Dieser Browser behält den Text."
      : count === 1
        ? "1 Fehler; die Vorschau wartet, bis er verbessert ist."
        : `${count} Fehler; die Vorschau wartet, bis sie verbessert sind.`,
  line: (line) => `Zeile ${line}`,
  nothing: "Hier erscheint die Vorschau.",
  begin: "Eine Lektion schreiben",
  beginWhy:
    "Der Text steht neben der Vorschau; dieser Browser behält ihn, und du speicherst ihn als Datei.",
  goOn: (title) => `Mit „${title}“ weitermachen`,
  goOnUntitled: "Mit dem aufgehobenen Text weitermachen",
  fromThis: (title) => `Eine Kopie von „${title}“ ändern`,
  fromExample: "Mit einem kurzen Beispiel beginnen",
  replaces: "Die beiden anderen ersetzen den aufgehobenen Text: speichere ihn vorher als Datei.",
  back: "Zurück",
  example: `---
title: Zwei Ziffern
language: de
classes: 3,8
epochs: 30
---

Eine 3 ist eine halbe 8. Was macht das Netz daraus?

## Sieh hin

\`\`\`lens
run: yes
view: reconstructions
\`\`\`

Es lernt aus {{training}} Bildern.

### Question

Welche Dimension ist für die 8 am wichtigsten?

\`\`\`number
answer: {{top(8)}}
\`\`\`

### Hint

Sie hat den längsten Balken.

### Answer

\`\`\`lens
view: figure
explain-class: 8
\`\`\`

Dimension {{top(8)}} mit {{share(top(8), 8)}} der Wichtigkeit.
`,
};
