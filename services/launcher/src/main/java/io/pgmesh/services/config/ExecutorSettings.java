package io.pgmesh.services.config;

/** Connections from an executor to a server. */
public record ExecutorSettings(
    int instances,
    int poolConnectionsMax,
    int poolWaitersMax,
    int poolWaitMaxMillis,
    int connectionIdleMaxMillis,
    int connectTimeoutMillis,
    int recoveryIntervalMillis) {
  public ExecutorSettings {
    Check.notNegative("instances", instances);
    Check.positive("poolConnectionsMax", poolConnectionsMax);
    Check.notNegative("poolWaitersMax", poolWaitersMax);
    Check.positive("poolWaitMaxMillis", poolWaitMaxMillis);
    Check.positive("connectionIdleMaxMillis", connectionIdleMaxMillis);
    Check.positive("connectTimeoutMillis", connectTimeoutMillis);
    Check.positive("recoveryIntervalMillis", recoveryIntervalMillis);
  }
}
