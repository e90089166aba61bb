package io.pgmesh.contracts.setting;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number as settings are given it: decimal, octal, hexadecimal or with a fraction.
 *
 * @param unit as written behind it, or empty
 */
record SettingNumber(double number, String unit) {
  private static final Pattern TEXT =
      Pattern.compile(
          "\\s*([+-]?)(?:0[xX]([0-9a-fA-F]+)|(0[0-7]+)(?![.0-9eE])"
              + "|((?:[0-9]+\\.?[0-9]*|\\.[0-9]+)(?:[eE][+-]?[0-9]+)?))\\s*([A-Za-z]*)\\s*");
  private static final int DIGITS_MAX = 300; // more are no number that any setting takes

  static Optional<SettingNumber> parse(String text) {
    Matcher found = TEXT.matcher(text);
    if (text.length() > DIGITS_MAX || !found.matches()) {
      return Optional.empty();
    }
    double number =
        found.group(2) != null
            ? new java.math.BigInteger(found.group(2), 16).doubleValue()
            : found.group(3) != null
                ? new java.math.BigInteger(found.group(3), 8).doubleValue()
                : Double.parseDouble(found.group(4));
    return Optional.of(
        new SettingNumber(found.group(1).equals("-") ? -number : number, found.group(5)));
  }

  /** Empty where this is of a unit that does not go there. */
  OptionalDouble in(Unit wanted) {
    return unit.isEmpty() ? OptionalDouble.of(number) : wanted.of(number, unit);
  }
}
