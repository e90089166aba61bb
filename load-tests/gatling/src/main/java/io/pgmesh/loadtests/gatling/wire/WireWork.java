package io.pgmesh.loadtests.gatling.wire;

import java.sql.SQLException;

/** What a request does for a virtual user; it may block, since it has a virtual thread. */
@FunctionalInterface
public interface WireWork {

  /**
   * @throws WrongAnswer the answer came, but is not what it must be
   */
  void run(WireUser user) throws SQLException;
}
