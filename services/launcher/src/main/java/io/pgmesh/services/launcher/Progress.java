package io.pgmesh.services.launcher;

/** Tells the user what is going on, a line at a time. */
@FunctionalInterface
public interface Progress {
  Progress SILENT = line -> {};

  void say(String line);
}
