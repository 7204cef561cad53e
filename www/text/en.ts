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
    preparation: "Finding which pixels go with which",
    "pixel-importance": "Measuring pixel importance",
    direction: "Finding directions",
    "group-importance": "Measuring the importance of groups",
    "latent-importance": "Measuring latent importance",
    divergence: "Measuring divergence",
    "reconstruction-errors": "Measuring reconstruction errors",
    "donor-checks": "Checking whose values are given",
    attribution: "Asking other methods",
    "fair-test": "Comparing the methods",
    "image-errors": "Measuring how much depends on the images",
    factors: "Finding which dimension carries which factor",
    smaller: "Leaving dimensions out",
    controls: "Training controls",
    networks: "Training other networks",
    sizes: "Training other numbers of dimensions",
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
  preparing: "The pictures are being made; then it is printed.",
  noPictures:
    "Pictures are missing: print this with “Print as a handout” under “About this lesson”.",
  again: "Start again",
  own: "Open a lesson from a file",
  drop: "Or drop one here: a Markdown file.",
  save: "Save this lesson as a file",
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
  noTranslation:
    "it is named as a translation of the lesson, but its language, questions or settings are others.",
  gone: "the browser has not kept this file. Choose it again.",

  handoutAnswers: "Answers",
  name: "Name",
};

export type LessonText = typeof lesson;

/** What a student hands in, and the page on which a teacher looks at a class's answers. */
export const answers = {
  handIn: "Give your answers to the teacher",
  handInWhy: "A code of your answers and guesses: paste it where your teacher asks for it.",
  yourName: "Your name or initials, if your teacher wants them",
  code: "The code of your answers",
  copyCode: "Copy the code",
  copyLink: "Copy as a link",
  copied: "Copied.",
  copyYourself: "The browser does not allow copying: copy the selected text yourself.",
  handInWhat:
    "It holds your answers, the hints you opened, how far you are, when it was made, a random number that tells your code from others, and the name above. It goes nowhere until you send it.",

  page: "The class’s answers",
  codes: "Codes",
  paste: "The codes or links that your students sent, one on a line",
  pasteHow:
    "Paste them all at once, or drop a text file here. Everything stays in this browser. From the same student the newest code counts.",
  file: "Open a text file",
  tooLarge: "This file is too large to be a list of codes.",
  none: "No answers yet. Students find their code at the lesson’s end, and under “About this lesson”.",
  students: (count: number, written: string) => (count === 1 ? "1 student" : `${written} students`),
  left: (count: number, written: string) =>
    count === 1 ? "1 code is not counted" : `${written} codes are not counted`,
  line: (line: string, name: string | undefined) =>
    name ? `Line ${line} (${name})` : `Line ${line}`,
  why: {
    none: "there is no code in it",
    damaged: "the code is incomplete or was changed: let it be copied again",
    newer: "the code was made by a newer version of this page: reload this one",
    questions: "answers to another lesson, or to another edition of this one",
    settings: "answers to this lesson with other settings",
    seed: (theirs: string, own: string) => `answers to this lesson with seed ${theirs}, not ${own}`,
    foreign: "its answers do not fit this lesson’s questions",
    double: "the same code once more",
    older: "the same student handed in a newer one",
    many: "there are more than 500 students",
  },
  sameName: (name: string) =>
    `“${name}” stands for several students here, or for one who used several browsers: delete the line that is not wanted.`,
  export: "Save as CSV",
  remove: "Remove all",
  lesson: "To the lesson",
  measuring: "The lesson’s run is being measured",
  unmeasured: "The run could not be finished, so that what was measured is missing here.",
  again: "Try again",
  answered: (count: string, all: string) => `${count} of ${all} answered`,
  right: (count: string) => `${count} right at the first try`,
  seen: (count: string) => `${count} have seen the answer`,
  hinted: (count: string) => `${count} opened a hint`,
  rightOption: "right",
  trueValue: (value: string) => `Measured: ${value}`,
  rightValue: (value: string) => `Right: ${value}`,
  values: (values: string) => `Given: ${values}.`,
  below: (count: string) => `${count} further left`,
  above: (count: string) => `${count} further right`,
  guesses: "What the class marked",
  measured: "What was measured",
  outline: "the pixels that matter most",
  scale: (most: string) => `0 to ${most} students`,
  scaleMeasured: "no importance to the most",
  pixel: (row: string, column: string, students: string, importance: string | undefined) =>
    `Row ${row}, column ${column}: marked by ${students}${importance ? `, importance ${importance}` : ""}.`,
  pointAt: "Point at a pixel to read it.",
  median: (share: string, chance: string) =>
    `The median student has ${share} of the marks among the pixels that matter most; marks made at random would get ${chance}.`,
  together: (pixels: string, least: string, hits: string) =>
    `${pixels} pixels were marked by ${least} or more: ${hits} of them are among the ${pixels} that matter most.`,
  noPixels: "Somebody marked pixels that these images do not have: the marks are not shown.",
  talked: "Answered by thinking and talking.",
  reached: "How far the students are",
  step: (step: string, title: string) => `${step}. ${title}`,
  columns: {
    name: "Name",
    reached: "Furthest step",
    time: "Handed in",
    answer: "answer",
    first: "right at first try",
    hints: "hints",
    seen: "answer seen",
  },
};

export type AnswersText = typeof answers;

/** A lesson being written. */
export const editor = {
  write: "Write a lesson",
  mend: "Correct it here",
  heading: "Your lesson",
  text: "The lesson’s text, in Markdown",
  save: "Save as a file",
  guide: "How a lesson is written",
  faults: (count: number) =>
    count === 0
      ? "No mistakes. This browser keeps the text."
      : count === 1
        ? "1 mistake; the preview waits until it is corrected."
        : `${count} mistakes; the preview waits until they are corrected.`,
  line: (line: string) => `Line ${line}`,
  nothing: "The preview appears here.",
  begin: "Write a lesson",
  beginWhy: "The text stands beside the preview; this browser keeps it, and you save it as a file.",
  goOn: (title: string) => `Go on with “${title}”`,
  goOnUntitled: "Go on with the text that was kept",
  fromThis: (title: string) => `Change a copy of “${title}”`,
  fromExample: "Begin with a short example",
  replaces: "The other two replace the text that was kept: save it as a file first.",
  back: "Back",
  example: `---
title: Two digits
language: en
classes: 3,8
epochs: 30
---

A 3 is half an 8. What does the network make of that?

## Look

\`\`\`lens
run: yes
view: reconstructions
\`\`\`

It learns from {{training}} images.

### Question

Which dimension matters most for the 8?

\`\`\`number
answer: {{top(8)}}
\`\`\`

### Hint

It has the longest bar.

### Answer

\`\`\`lens
view: figure
explain-class: 8
\`\`\`

Dimension {{top(8)}}, with {{share(top(8), 8)}} of the importance.
`,
};

export type EditorText = typeof editor;
