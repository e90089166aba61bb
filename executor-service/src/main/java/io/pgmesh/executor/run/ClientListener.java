package io.pgmesh.executor.run;

import io.pgmesh.contracts.api.SessionEvent;
import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.plan.Task;
import io.pgmesh.executor.worker.BackendConnection;
import io.pgmesh.executor.worker.Flight;
import io.pgmesh.executor.worker.Listener;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;

/** A server's frames become the channel's events. */
final class ClientListener implements Listener {
  private final Channel channel;
  private final long statement;
  private boolean described;
  private boolean copyOutBegun;

  ClientListener(Channel channel, long statement) {
    this.channel = channel;
    this.statement = statement;
  }

  /** The same client's view of a worker's statement. */
  Listener of(Task task) {
    return new TaskListener(this, task);
  }

  @Override
  public void description(Buffer frame) {
    if (!described) { // several tasks describe the same rows
      described = true;
      channel.emit(new SessionEvent.RowDescription(channel.id(), statement, frame));
    }
  }

  @Override
  public void rows(BackendConnection from, Buffer frames) {
    channel.emitRows(new SessionEvent.Rows(channel.id(), statement, frames), from);
  }

  @Override
  public Future<Void> held(Buffer frames) {
    return channel.emitHeld(new SessionEvent.Rows(channel.id(), statement, frames));
  }

  @Override
  public void copyIn(Flight flight, Buffer frame) {
    channel.copyTo(flight);
    channel.emit(new SessionEvent.CopyInReady(channel.id(), statement, frame));
  }

  @Override
  public void copyOut(Buffer frame) {
    if (!copyOutBegun) {
      copyOutBegun = true;
      channel.emit(new SessionEvent.CopyOutReady(channel.id(), statement, frame));
    }
  }

  /** Rows that no server has sent in this form. */
  void rows(Buffer frames) {
    channel.emit(new SessionEvent.Rows(channel.id(), statement, frames));
  }

  @Override
  public void notice(ErrorFields notice) {
    channel.emit(new SessionEvent.Notice(channel.id(), ForeignTables.hide(notice)));
  }

  @Override
  public void parameter(String name, String value) {
    channel.session().parameterChanged(name, value);
  }

  @Override
  public void notification(int processId, String name, String payload) {
    channel.emit(new SessionEvent.Notification(channel.id(), processId, name, payload));
  }

  /** Shards' names are hidden in notices; a worker's parameters are no client's business. */
  private record TaskListener(ClientListener client, Task task) implements Listener {
    @Override
    public void description(Buffer frame) {
      client.description(frame);
    }

    @Override
    public void rows(BackendConnection from, Buffer frames) {
      client.rows(from, frames);
    }

    @Override
    public void copyIn(Flight flight, Buffer frame) {
      client.copyIn(flight, frame);
    }

    @Override
    public void copyOut(Buffer frame) {
      client.copyOut(frame);
    }

    @Override
    public void notice(ErrorFields notice) {
      client.notice(ErrorMapping.notice(task, notice));
    }
  }
}
