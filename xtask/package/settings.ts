/** Prints the table of settings for the Python package, whose traits are made of it: JSON, a setting a row. */
import { asProperty, readNames } from "../../www/classes";
import { propertyOf } from "../../www/element/properties";
import { NAMES, type Setting, SETTINGS } from "../../www/settings";

const rows = NAMES.map((name) => {
  const { label, help, control, initial, read } = SETTINGS[name] as Setting<unknown>;
  const options = "options" in control && control.kind !== "amount" ? control.options : undefined;
  return {
    name,
    property: propertyOf(name),
    help: label ? `${label}: ${help}` : help,
    // As the element's property has it.
    default: name === "classes" ? (readNames(initial) ?? []).map(asProperty) : read(initial),
    values: options ? Object.keys(options) : null,
  };
});
console.log(JSON.stringify(rows, null, 1));
