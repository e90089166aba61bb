package io.pgmesh.services.mesh;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.pgmesh.services.mesh.wire.Endpoint;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests the {@link Endpoint} of a mesh, or a {@link MeshUnderTest} with the sample rows; both
 * are started once for all classes that ask.
 *
 * <p>The system properties {@code pgmesh.test.plain} and {@code pgmesh.test.mesh} (ports) use
 * servers that run already instead, whose sample tables are loaded if they are absent.
 */
public final class WithMesh implements ParameterResolver {

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == Endpoint.class || type == MeshUnderTest.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    Servers servers =
        context
            .getRoot()
            .getStore(Namespace.create(WithMesh.class))
            .computeIfAbsent(Servers.class, key -> new Servers(), Servers.class);
    return parameter.getParameter().getType() == Endpoint.class ? servers.mesh() : servers.both();
  }

  /** Started when first asked for, stopped at the end of all tests. */
  private static final class Servers implements AutoCloseable {
    private MeshUnderTest both;

    synchronized Endpoint mesh() {
      assumeTrue(Integer.getInteger("pgmesh.test.mesh") != null, "no mesh given");
      return Endpoint.local(Integer.getInteger("pgmesh.test.mesh"));
    }

    synchronized MeshUnderTest both() {
      assumeTrue(
          SampleData.folder().isPresent(),
          "the sample rows are absent: expected in ../shared/data beside the project");
      if (both == null) {
        var plain = Endpoint.local(Integer.getInteger("pgmesh.test.plain"));
        boolean distributed = !Boolean.getBoolean("pgmesh.test.undistributed");
        SampleData.loadIfAbsent(plain, false);
        SampleData.loadIfAbsent(mesh(), distributed);
        both = new MeshUnderTest(plain, mesh(), distributed);
      }
      return both;
    }

    @Override
    public void close() {}
  }
}
