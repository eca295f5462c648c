// What German says about codes, loaded with the language.
export { checks } from "./checks.de";
export { reasons } from "./reasons.de";
export { files } from "./files.de";
