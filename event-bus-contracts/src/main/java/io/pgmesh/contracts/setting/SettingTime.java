package io.pgmesh.contracts.setting;

import java.util.OptionalLong;

/** A time as PostgreSQL's settings take it, with or without a unit. */
public final class SettingTime {
  private SettingTime() {}

  /** How many milliseconds a value means; empty where it is no time. */
  public static OptionalLong millis(String value) {
    var found = SettingNumber.parse(value).map(number -> number.in(Unit.MILLISECONDS));
    return found.isPresent() && found.get().isPresent()
        ? OptionalLong.of(Math.round(found.get().getAsDouble()))
        : OptionalLong.empty();
  }
}
