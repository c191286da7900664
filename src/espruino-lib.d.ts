// What the chip has beyond ES5, as far as the firmware uses it; what tsconfig.json and this file do not know is red in the editor.

interface String {
  repeat(count: number): string;
}

interface ObjectConstructor {
  assign<Target extends object, Source>(target: Target, source: Source): Target & Source;
}
