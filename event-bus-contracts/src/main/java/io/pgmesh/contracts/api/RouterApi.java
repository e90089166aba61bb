package io.pgmesh.contracts.api;

/** What routers tell one another. */
public interface RouterApi {

  /** Names a session to those who may cancel what it runs: as in BackendKeyData. */
  record SessionKey(int processId, int secret) {}

  /**
   * A client asked some router to cancel what the session with this key runs; every router looks
   * whether the session is its own.
   *
   * @param answerTo address for a {@link CancelTaken} of the router that has the session
   */
  record CancelRequest(SessionKey key, String answerTo) {}

  /** The session was told: what it runs from now on is not cancelled any more. */
  record CancelTaken(SessionKey key) {}

  /** Every {@link CancelRequest} is published here. */
  String CANCEL_REQUESTED = "router.cancel.requested.v1";

  /** What addresses for a {@link CancelTaken} begin with. */
  String CANCEL_TAKEN = "router.cancel.taken.v1.";
}
