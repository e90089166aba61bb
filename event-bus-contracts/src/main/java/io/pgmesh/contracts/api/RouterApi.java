package io.pgmesh.contracts.api;

/** What routers tell one another. */
public interface RouterApi {

  /**
   * A client asked some router to cancel what the session with this key runs; every router looks
   * whether the session is its own.
   *
   * @param processId as in BackendKeyData
   */
  record CancelRequest(int processId, int secret) {}

  /** Every {@link CancelRequest} is published here. */
  String CANCEL_REQUESTED = "router.cancel.requested.v1";
}
