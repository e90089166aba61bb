package io.pgmesh.router.session;

import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.error.SqlError;

/** Hears what an executor says that belongs to no statement. */
public interface ChannelListener {
  void notice(SessionEvent.Notice notice);

  void parameter(SessionEvent.ParameterChanged parameter);

  void notification(SessionEvent.Notification notification);

  /** The session is gone: the client must be told and disconnected. */
  void lost(SqlError error);
}
