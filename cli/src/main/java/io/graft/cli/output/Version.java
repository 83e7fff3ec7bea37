package io.graft.cli.output;

import io.graft.extension.BuildVersion;
import picocli.CommandLine.IVersionProvider;

/** The version of the command. */
public final class Version implements IVersionProvider {
    /** The version; {@code development} if the classes come neither from a jar nor from a module. */
    static String text() {
        return BuildVersion.of(Version.class).orElse("development");
    }

    @Override
    public String[] getVersion() {
        return new String[] {"graft " + text()};
    }
}
