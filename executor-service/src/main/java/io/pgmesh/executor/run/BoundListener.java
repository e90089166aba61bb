package io.pgmesh.executor.run;

import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import io.pgmesh.executor.worker.Listener;

/** What the coordinator database tells a session that keeps its connection, between statements. */
record BoundListener(Channel client) implements Listener {
  @Override
  public void notice(ErrorFields notice) {
    client.emit(new SessionEvent.Notice(client.id(), notice));
  }

  @Override
  public void parameter(String name, String value) {
    client.session().parameterChanged(name, value);
  }

  @Override
  public void notification(int processId, String name, String payload) {
    client.emit(new SessionEvent.Notification(client.id(), processId, name, payload));
  }

  /** Temporary tables and the like are gone with it. */
  @Override
  public void lost(SqlError cause) {
    client.emit(new SessionEvent.Lost(client.id(), cause.fields()));
  }
}
