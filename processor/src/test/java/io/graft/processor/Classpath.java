package io.graft.processor;

import ai.djl.Model;
import com.sun.jna.Native;
import com.typesafe.config.Config;
import io.graft.ModelModifier;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.objectweb.asm.ClassWriter;
import org.slf4j.Logger;
import tools.jackson.core.JsonParser;

/** The jars that a modifier is compiled against and that it runs with: core, and what core needs. */
final class Classpath {
    /** As a path of modules or of classes. */
    static final String CORE = Stream.of(
                    ModelModifier.class,
                    Model.class,
                    Config.class,
                    JsonParser.class,
                    Logger.class,
                    ClassWriter.class,
                    Native.class)
            .map(type -> place(type).toString())
            .collect(Collectors.joining(File.pathSeparator));

    private Classpath() {}

    /** The jar or folder that a class comes from. */
    static Path place(Class<?> type) {
        try {
            return Path.of(
                    type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException noPlace) {
            throw new IllegalStateException(noPlace);
        }
    }
}
