package io.pgmesh.router.app;

import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.SelfSignedCertificate;

/** A certificate for those who configured none: encrypts, proves nothing. Made once a process. */
final class SelfMadeCertificate {
  private SelfMadeCertificate() {}

  static PemKeyCertOptions keyCertOptions() {
    return Holder.CERTIFICATE.keyCertOptions();
  }

  private static final class Holder {
    private static final SelfSignedCertificate CERTIFICATE =
        SelfSignedCertificate.create("pgmesh.local");
  }
}
