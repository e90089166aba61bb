package io.pgmesh.services.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;

/** Rules that settings share; each failure names the setting. */
final class Check {
  private static final int PORT_MAX = 65_535;

  private Check() {}

  /** A setting of the record that is being made. */
  static final class BadSetting extends IllegalArgumentException {
    private static final long serialVersionUID = 1;
    private final String name;

    BadSetting(String name, String reason) {
      super(reason);
      this.name = name;
    }

    String name() {
      return name;
    }
  }

  static void that(boolean holds, String name, String otherwise) {
    if (!holds) {
      throw new BadSetting(name, otherwise);
    }
  }

  static void between(String name, long value, long least, long most) {
    that(
        value >= least && value <= most,
        name,
        most == Integer.MAX_VALUE
            ? "must be at least " + least + ", not " + value
            : "must be between " + least + " and " + most + ", not " + value);
  }

  static void positive(String name, long value) {
    between(name, value, 1, Integer.MAX_VALUE);
  }

  static void notNegative(String name, long value) {
    between(name, value, 0, Integer.MAX_VALUE);
  }

  static void port(String name, int value) {
    between(name, value, 1, PORT_MAX);
  }

  /** 0 takes any free port. */
  static void portOrAny(String name, int value) {
    between(name, value, 0, PORT_MAX);
  }

  static void readable(String name, String path) {
    that(!path.isBlank(), name, "must name a file");
    that(Files.isReadable(Path.of(path)), name, "cannot read the file " + path);
  }

  /** A PEM file with certificates. */
  static void certificates(String name, String path) {
    readable(name, path);
    try (InputStream in = Files.newInputStream(Path.of(path))) {
      var found = CertificateFactory.getInstance("X.509").generateCertificates(in);
      that(!found.isEmpty(), name, "no certificate in " + path);
    } catch (IOException | CertificateException e) {
      throw new BadSetting(name, "no certificates in PEM form in " + path);
    }
  }

  static void addressRange(String name, String range) {
    that(
        range.matches("[0-9.]+(/\\d{1,2})?|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(/\\d{1,3})?"),
        name,
        "'" + range + "' is not an address or range");
  }
}
