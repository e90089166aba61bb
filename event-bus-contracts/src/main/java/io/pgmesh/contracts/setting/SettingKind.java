package io.pgmesh.contracts.setting;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.contracts.error.SqlState;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** What values a setting takes, by PostgreSQL's rules for each kind. */
sealed interface SettingKind {

  record Bool() implements SettingKind {
    private static final List<String> ON = List.of("true", "yes", "on", "1");
    private static final List<String> OFF = List.of("false", "no", "off", "0");

    @Override
    public String read(String name, String value) {
      String text = value.toLowerCase(Locale.ROOT);
      boolean unique = !text.isEmpty() && !text.equals("o");
      if (unique && ON.stream().anyMatch(word -> word.startsWith(text))) {
        return "on";
      }
      if (unique && OFF.stream().anyMatch(word -> word.startsWith(text))) {
        return "off";
      }
      throw new SqlError(
          SqlState.INVALID_PARAMETER_VALUE, "parameter \"" + name + "\" requires a Boolean value");
    }
  }

  record Whole(int least, int largest, Unit unit) implements SettingKind {
    @Override
    public String read(String name, String value) {
      var number = SettingNumber.parse(value);
      if (number.isEmpty()) {
        throw invalid(name, value, "");
      }
      double found = number.get().in(unit).orElseThrow(() -> invalid(name, value, unit.hint()));
      double rounded = Math.rint(found);
      if (!(rounded >= Integer.MIN_VALUE && rounded <= Integer.MAX_VALUE)) {
        throw invalid(name, value, "Value exceeds integer range.");
      }
      int whole = (int) rounded;
      if (whole < least || whole > largest) {
        throw outside(unit.plain(whole), name, unit.plain(least), unit.plain(largest));
      }
      return unit.shown(whole);
    }
  }

  record Real(double least, double largest) implements SettingKind {
    @Override
    public String read(String name, String value) {
      double number =
          SettingNumber.parse(value)
              .map(found -> found.in(Unit.NONE))
              .filter(found -> found.isPresent())
              .orElseThrow(() -> invalid(name, value, ""))
              .getAsDouble();
      if (!(number >= least && number <= largest)) {
        throw outside(text(number), name, text(least), text(largest));
      }
      return text(number);
    }

    private static String text(double number) {
      return number == Math.rint(number) && Math.abs(number) < 1e6
          ? "" + (long) number
          : "" + (float) number;
    }
  }

  record Choice(List<String> values) implements SettingKind {
    public Choice {
      values = List.copyOf(values);
    }

    @Override
    public String read(String name, String value) {
      return values.stream()
          .filter(value::equalsIgnoreCase)
          .findFirst()
          .orElseThrow(
              () -> invalid(name, value, "Available values: " + String.join(", ", values) + "."));
    }
  }

  record Text() implements SettingKind {
    @Override
    public String read(String name, String value) {
      return value;
    }
  }

  /** Cannot be changed by anybody. */
  record Fixed() implements SettingKind {
    @Override
    public String read(String name, String value) {
      throw new SqlError(
          SqlState.CANT_CHANGE_RUNTIME_PARAM, "parameter \"" + name + "\" cannot be changed");
    }
  }

  /**
   * The value as SHOW tells it.
   *
   * @throws SqlError 22023, with PostgreSQL's message, where it is none
   */
  String read(String name, String value);

  /** As a line of the table says it. */
  static SettingKind of(String kind, String values, String unit) {
    String[] ends = values.split("\\.\\.");
    return switch (kind) {
      case "bool" -> new Bool();
      case "integer" ->
          new Whole(Integer.parseInt(ends[0]), Integer.parseInt(ends[1]), Unit.of(unit));
      case "real" -> new Real(Double.parseDouble(ends[0]), Double.parseDouble(ends[1]));
      case "enum" -> new Choice(Stream.of(values.split(",")).toList());
      case "text" -> new Text();
      case "fixed" -> new Fixed();
      default -> throw new IllegalArgumentException("kind " + kind);
    };
  }

  private static SqlError invalid(String name, String value, String hint) {
    ErrorFields fields =
        ErrorFields.error(
            SqlState.INVALID_PARAMETER_VALUE,
            "invalid value for parameter \"" + name + "\": \"" + value + "\"");
    return new SqlError(hint.isEmpty() ? fields : fields.with(ErrorFields.HINT, hint));
  }

  private static SqlError outside(String value, String name, String least, String largest) {
    return new SqlError(
        SqlState.INVALID_PARAMETER_VALUE,
        "%s is outside the valid range for parameter \"%s\" (%s .. %s)"
            .formatted(value, name, least, largest));
  }
}
