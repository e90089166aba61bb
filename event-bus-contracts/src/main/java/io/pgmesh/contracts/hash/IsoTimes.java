package io.pgmesh.contracts.hash;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Dates and times in the ISO forms that every DateStyle reads alike. */
final class IsoTimes {
  private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}");
  private static final Pattern LOCAL =
      Pattern.compile(
          "([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T]([0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]{1,6})?))?");
  private static final Pattern ZONED =
      Pattern.compile(
          "([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]{1,6})?)"
              + "(Z|[+-][0-9]{2}(?::[0-9]{2})?)");
  private static final LocalDate EPOCH = LocalDate.of(2000, 1, 1);

  private IsoTimes() {}

  /** Days since 2000-01-01. */
  static Optional<Integer> days(String text) {
    if (!DATE.matcher(text).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of((int) ChronoUnit.DAYS.between(EPOCH, LocalDate.parse(text)));
    } catch (DateTimeException notADate) {
      return Optional.empty();
    }
  }

  /** Microseconds since 2000-01-01 00:00. */
  static Optional<Long> localMicros(String text) {
    Matcher match = LOCAL.matcher(text);
    if (!match.matches()) {
      return Optional.empty();
    }
    String time = match.group(2) == null ? "00:00:00" : match.group(2);
    try {
      return Optional.of(micros(LocalDateTime.parse(match.group(1) + "T" + time)));
    } catch (DateTimeException notATime) {
      return Optional.empty();
    }
  }

  /** Microseconds since 2000-01-01 00:00 UTC of a time that names its offset. */
  static Optional<Long> zonedMicros(String text) {
    Matcher match = ZONED.matcher(text);
    if (!match.matches()) {
      return Optional.empty();
    }
    String zone = match.group(3).length() == 3 ? match.group(3) + ":00" : match.group(3);
    try {
      var time = OffsetDateTime.parse(match.group(1) + "T" + match.group(2) + zone);
      return Optional.of(micros(time.withOffsetSameInstant(ZoneOffset.UTC).toLocalDateTime()));
    } catch (DateTimeException notATime) {
      return Optional.empty();
    }
  }

  private static long micros(LocalDateTime time) {
    return ChronoUnit.MICROS.between(EPOCH.atStartOfDay(), time);
  }
}
