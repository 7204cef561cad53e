/** In the page's address: asks for the answers of a class to the lesson, of which the end of the address may be one. */
export const ANSWERS = "answers";
