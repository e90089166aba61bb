package io.pgmesh.executor.run;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.executor.worker.Listener;

/** A step of a larger statement: the client hears its notices and nothing else. */
record NoticesOnly(Listener client) implements Listener {
  @Override
  public void notice(ErrorFields notice) {
    client.notice(notice);
  }

  @Override
  public void parameter(String name, String value) {
    client.parameter(name, value);
  }
}
