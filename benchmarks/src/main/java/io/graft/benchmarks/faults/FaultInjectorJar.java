package io.graft.benchmarks.faults;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.dynamic.scaffold.TypeValidation;
import net.bytebuddy.matcher.ElementMatchers;

/** The jar of {@link FaultInjector}, for JVMs of the version that makes it. */
final class FaultInjectorJar {
    /** The class file of {@link Files} that asks the injector before it changes a name. */
    static final String FILES = "/Files.class";

    private FaultInjectorJar() {}

    /** Runs inside of {@link Files}, and so knows what the JVM itself has and nothing else. */
    private static final class Asking {
        @Advice.OnMethodEnter
        static void ask(@Advice.Origin("#m") String method) throws IOException {
            @SuppressWarnings("unchecked")
            Function<String, IOException> injector =
                    (Function<String, IOException>) System.getProperties().get(Files.class);
            IOException failure = injector.apply(method);
            if (failure != null) {
                throw failure;
            }
        }
    }

    /** Writes the jar. */
    static Path write(Path jar) throws IOException {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Premain-Class", FaultInjector.class.getName());
        attributes.putValue("Can-Redefine-Classes", "true");
        String file = "/" + FaultInjector.class.getName().replace('.', '/') + ".class";
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest);
                InputStream injector = FaultInjectorJar.class.getResourceAsStream(file)) {
            add(out, file, injector.readAllBytes());
            add(out, FILES, askingFiles());
        }
        return jar;
    }

    private static void add(JarOutputStream jar, String name, byte[] content) throws IOException {
        jar.putNextEntry(new JarEntry(name.substring(1)));
        jar.write(content);
        jar.closeEntry();
    }

    private static byte[] askingFiles() {
        return new ByteBuddy()
                .with(TypeValidation.DISABLED)
                .redefine(Files.class, ClassFileLocator.ForClassLoader.ofBootLoader())
                .visit(Advice.to(Asking.class)
                        .on(ElementMatchers.namedOneOf("move", "createLink", "delete", "deleteIfExists")))
                .make()
                .getBytes();
    }
}
