package io.pgmesh.executor.run;

import io.pgmesh.executor.worker.Listener;

/** Hears what reported parameters become while the mesh runs statements of its own. */
record ParametersOnly(Session session) implements Listener {
  @Override
  public void parameter(String name, String value) {
    session.parameterChanged(name, value);
  }
}
