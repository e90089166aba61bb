package io.pgmesh.contracts.setting;

import java.util.Set;

/**
 * Parameters that PostgreSQL refuses to RESET, so that no session may leave them on a connection:
 * those of the running transaction end with it, and the seed of random() is used up.
 */
public final class PassingSettings {
  public static final String SEED = "seed";

  private static final Set<String> NAMES =
      Set.of("transaction_isolation", "transaction_read_only", "transaction_deferrable", SEED);

  private PassingSettings() {}

  /**
   * @param name lower case
   */
  public static boolean has(String name) {
    return NAMES.contains(name);
  }
}
