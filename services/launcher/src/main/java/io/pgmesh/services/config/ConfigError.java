package io.pgmesh.services.config;

/** A setting or option that cannot be used; the message is one line for the user. */
public final class ConfigError extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ConfigError(String message) {
    super(message);
  }
}
