/**
 * The page's words in English. Every other language has the same names: a missing one is an error
 * of its types.
 */
export const language = "English";

export const lesson = {
  region: "Lesson",
  opening: "Opening the lesson",
  step: (at: string, of: string) => `Step ${at} of ${of}`,
  minutes: (minutes: string) => `about ${minutes} min`,
  steps: "Steps",
  goTo: (at: string, title: string) => `Step ${at}: ${title}`,
  answered: "answered",
  back: "Back",
  next: "Next",
  fold: "Hide the text",
  unfold: "Show the text",

  question: "Question",
  hint: "A hint",
  answer: "Answer",
  check: "Check",
  compare: "Compare",
  reveal: "Show the answer",
  right: "That is right.",
  wrong: "Not quite. Think again, take a hint, or look at the answer.",
  yourNumber: "Your number",
  notANumber: "Write a number, such as 12 or 0.5.",
  chooseFirst: "Choose an answer first.",
  markFirst: "Mark some pixels first.",

  brush: (pixels: string) => `Image on which up to ${pixels} pixels can be marked`,
  brushKeys:
    "Draw with mouse or finger; draw over marks to take them away. By keyboard: arrows, Space.",
  marked: (count: string, most: string) => `${count} of ${most} pixels marked`,
  at: (row: string, column: string, marked: boolean) =>
    `Row ${row}, column ${column}, ${marked ? "marked" : "not marked"}.`,
  clear: "Clear",
  overlap: (hits: string, marked: string, share: string, chance: string) =>
    `${hits} of the ${marked} pixels you marked are among the ${marked} that matter most: ${share}. Marks made at random would get ${chance}.`,
  hit: "marked, and it matters",
  miss: "marked only",
  missed: "matters, not marked",

  waiting: "Getting ready",
  stages: {
    "warm-up": "Warming up",
    training: "Training",
    "pixel-importance": "Measuring pixel importance",
    direction: "Finding directions",
    "latent-importance": "Measuring latent importance",
    done: "Done",
  },
  running: "The explorer is at work; you can read on.",
  notRun: "This step speaks of a finished run with its own settings.",
  run: "Run it",
  stopped: "The run has stopped; the explorer says why.",
  unknown: "not known before the run is done",
  restore: "Set the explorer as this step has it",

  replay: "Replay the training",
  play: "Replay",
  halt: "Pause",
  stepBack: "One epoch back",
  stepOn: "One epoch on",
  epoch: "Epoch",
  afterEpoch: (epoch: string, of: string, loss: string) =>
    `After epoch ${epoch} of ${of}: loss ${loss}.`,
  trainSlowly: "Train it again, slowly",

  done: "That was the lesson.",
  score: (right: string, of: string) =>
    `You had ${right} of ${of} questions right at the first try.`,
  stay: "The explorer is yours now: change the settings, bring your own images, look again.",

  present: "Present it to a class",
  keysOf: "Presenting",
  toQuestion: "Question",
  blank: "Black screen",
  isBlank: "The screen is black. Any of the keys shows it again.",
  leavePresenting: "Leave",
  keys: { forward: "Page Down", back: "Page Up", blank: "B", leave: "Esc" },

  more: "About this lesson",
  source: (where: string) => `This lesson comes from ${where}.`,
  sourceFile: (name: string) => `This lesson comes from the file ${name} on your machine.`,
  notes: "Teacher’s notes",
  print: "Print as a handout",
  again: "Start again",
  own: "Open a lesson from a file",
  drop: "Or drop one here: a Markdown file.",
  leave: "Leave the lesson",
  backToLesson: "To the lesson",

  foreign: (host: string) => `This lesson lies on another server, ${host}.`,
  foreignWhy:
    "Opening it sends a request there, as any link does; nothing else is sent. Its text may only talk and set the explorer.",
  open: "Open it",
  decline: "Stay here without a lesson",

  cannot: "This lesson cannot be shown",
  inFile: (file: string, line: string, reason: string) => `${file}, line ${line}: ${reason}`,
  ofFile: (file: string, reason: string) => `${file}: ${reason}`,
  unreachable: (reason: string) =>
    `it could not be fetched (${reason}). Check the address in “?lesson=” and the connection.`,
  tooLarge: "it is larger than 256 kB. A lesson is only text: shorten it.",
  notText: "it is not text. Choose a Markdown file, with a name ending in .md.",
  gone: "the browser has not kept this file. Choose it again.",

  handoutAnswers: "Answers",
  name: "Name",
};

export type LessonText = typeof lesson;
