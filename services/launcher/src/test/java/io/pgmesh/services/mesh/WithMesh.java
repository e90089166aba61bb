package io.pgmesh.services.mesh;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgmesh.services.embedded.PostgresServer;
import io.pgmesh.services.embedded.PostgresSettings;
import io.pgmesh.services.mesh.wire.Endpoint;
import io.pgmesh.services.mesh.wire.WireClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests the {@link Endpoint} of a mesh, a {@link MeshUnderTest} or a {@link PlainPair} with
 * the sample rows; servers are started once for all classes that ask.
 *
 * <p>The system properties {@code pgmesh.test.plain} and {@code pgmesh.test.mesh} (ports) use
 * servers that run already instead, whose sample tables are loaded if they are absent.
 */
public final class WithMesh implements ParameterResolver, BeforeAllCallback {

  /** Without the sample rows: what is said when a parameter is resolved would be a failure. */
  @Override
  public void beforeAll(ExtensionContext context) {
    boolean compares =
        Stream.of(context.getRequiredTestClass().getDeclaredMethods())
            .flatMap(method -> Stream.of(method.getParameterTypes()))
            .anyMatch(type -> type == MeshUnderTest.class || type == PlainPair.class);
    assumeTrue(
        !compares || SampleData.folder().isPresent(),
        "the sample rows are absent: expected in ../shared/data beside the project");
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == Endpoint.class || type == MeshUnderTest.class || type == PlainPair.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Servers servers =
        context
            .getRoot()
            .getStore(Namespace.create(WithMesh.class))
            .computeIfAbsent(Servers.class, key -> new Servers(), Servers.class);
    Class<?> type = parameter.getParameter().getType();
    if (type == Endpoint.class) {
      return servers.mesh();
    }
    return type == PlainPair.class ? servers.plainPair() : servers.both();
  }

  /** Started when first asked for, stopped at the end of all tests. */
  private static final class Servers implements AutoCloseable {
    private final TestFolder folder = TestFolder.make();
    private PostgresServer plainServer;
    private MeshProcess meshProcess;
    private MeshUnderTest both;
    private PlainPair pair;

    synchronized Endpoint mesh() {
      Integer given = Integer.getInteger("pgmesh.test.mesh");
      if (given != null) {
        return Endpoint.local(given);
      }
      if (meshProcess == null) {
        meshProcess = MeshProcess.start(folder.path().resolve("mesh"));
      }
      return meshProcess.endpoint();
    }

    private Endpoint plain() {
      Integer given = Integer.getInteger("pgmesh.test.plain");
      if (given != null) {
        return Endpoint.local(given);
      }
      if (plainServer == null) {
        plainServer = startPlain(folder.path().resolve("plain"));
      }
      return Endpoint.local(plainServer.port());
    }

    synchronized MeshUnderTest both() {
      if (both == null) {
        SampleData.loadIfAbsent(plain(), false);
        SampleData.loadIfAbsent(mesh(), true);
        both = new MeshUnderTest(plain(), mesh());
      }
      return both;
    }

    synchronized PlainPair plainPair() {
      if (pair == null) {
        Endpoint one = plain();
        var other = new Endpoint(one.host(), one.port(), one.user(), "other");
        try (var client = WireClient.connect(one, Duration.ofSeconds(60))) {
          client.simple("CREATE DATABASE other");
        }
        SampleData.loadIfAbsent(one, false);
        SampleData.loadIfAbsent(other, false);
        pair = new PlainPair(one, other);
      }
      return pair;
    }

    @Override
    public void close() throws IOException {
      if (meshProcess != null) {
        meshProcess.close();
      }
      if (plainServer != null) {
        plainServer.close();
      }
      folder.close();
    }
  }

  /** A plain PostgreSQL of the same version and settings as the mesh's own. */
  static PostgresServer startPlain(Path folder) {
    try {
      // which the mesh knows by itself
      var settings = PostgresSettings.onFreePort().with("citus.shard_count", "32");
      return PostgresServer.start(folder, settings);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
