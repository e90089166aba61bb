package io.pgmesh.contracts.setting;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** What whole numbers of a setting count. */
enum Unit {
  NONE("", Map.of()),
  BYTES("B", memory()),
  KILOBYTES("kB", memory()),
  MEGABYTES("MB", memory()),
  MILLISECONDS("ms", time());

  private final String symbol;
  private final Map<String, Long> factors; // by the symbols that a value may have, ascending

  Unit(String symbol, Map<String, Long> factors) {
    this.symbol = symbol;
    this.factors = factors;
  }

  static Unit of(String symbol) {
    return List.of(values()).stream()
        .filter(unit -> unit.symbol.equals(symbol))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("unit " + symbol));
  }

  private static Map<String, Long> memory() {
    var factors = new LinkedHashMap<String, Long>();
    long factor = 1;
    for (String symbol : List.of("B", "kB", "MB", "GB", "TB")) {
      factors.put(symbol, factor);
      factor *= 1024;
    }
    return factors;
  }

  private static Map<String, Long> time() {
    var factors = new LinkedHashMap<String, Long>();
    factors.put("us", 1L);
    factors.put("ms", 1_000L);
    factors.put("s", 1_000_000L);
    factors.put("min", 60_000_000L);
    factors.put("h", 3_600_000_000L);
    factors.put("d", 86_400_000_000L);
    return factors;
  }

  /** How many of this unit a number of another one is; empty where there is no such unit. */
  OptionalDouble of(double number, String other) {
    Long factor = factors.get(other);
    return factor == null
        ? OptionalDouble.empty()
        : OptionalDouble.of(number * factor / factors.get(symbol));
  }

  /** Names the units that a value may have; empty where there are none. */
  String hint() {
    List<String> quoted = factors.keySet().stream().map(unit -> '"' + unit + '"').toList();
    if (quoted.isEmpty()) {
      return "";
    }
    return quoted.subList(0, quoted.size() - 1).stream()
        .collect(
            Collectors.joining(
                ", ", "Valid units for this parameter are ", ", and " + quoted.getLast() + "."));
  }

  /** As an error tells it: {@code 0 ms}. */
  String plain(int value) {
    return symbol.isEmpty() ? "" + value : value + " " + symbol;
  }

  /** As SHOW does: in the largest unit of which it is a multiple. */
  String shown(int value) {
    if (value <= 0 || this == NONE) {
      return "" + value;
    }
    long total = value * factors.get(symbol);
    String best = value + symbol;
    for (var larger : factors.entrySet()) {
      boolean finer = larger.getValue() < factors.get(symbol);
      if (!finer && total % larger.getValue() == 0) {
        best = total / larger.getValue() + larger.getKey();
      }
    }
    return best;
  }
}
