// Prints how many bytes the file named on the command line has when compressed with brotli.
import { readFileSync } from "node:fs";
import { argv } from "node:process";
import { brotliCompressSync, constants } from "node:zlib";

const bytes = readFileSync(argv[2]);
const params = {
  [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
  [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
};
console.log(brotliCompressSync(bytes, { params }).length);
