package io.pgmesh.services.launcher;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The services that a node can run, in the order in which they start. */
public enum Service {
  METADATA,
  EXECUTOR,
  REPLICATION,
  ROUTER;

  static final Set<Service> ALL = Set.copyOf(EnumSet.allOf(Service.class));

  /**
   * Reads {@code router,executor}.
   *
   * @throws UsageError naming the word that is no service
   */
  static Set<Service> parse(String list) {
    return Arrays.stream(list.split(","))
        .map(String::strip)
        .map(Service::one)
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Service.class)));
  }

  private static Service one(String name) {
    try {
      return valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException unknown) {
      throw new UsageError(
          "unknown service '"
              + name
              + "': the services are router, executor, metadata, replication");
    }
  }
}
