package io.graft.benchmarks.faults;

import java.io.IOException;
import java.io.InputStream;
import java.lang.instrument.ClassDefinition;
import java.lang.instrument.Instrumentation;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * What goes wrong in a JVM with files' names, from the n-th call on that moves, links or removes one: the JVM ends at once, or
 * moves and links fail. {@link FaultInjectorJar} makes the jar that a JVM is given, with {@link Files} as it is there.
 */
public final class FaultInjector implements Function<String, IOException> {
    /** Ends the JVM, as {@code kill -9} does. */
    static final String KILL = "kill";

    /** Lets moves and links fail. */
    static final String FAIL = "fail";

    /** What is printed when a call fails. */
    static final String FAILED = "FaultInjector: failed ";

    /** Where the injector is for {@link Files}; a key that is no text is none of the properties that a program reads. */
    static final Object PLACE = Files.class;

    private final boolean kills;
    private final int first;
    private final AtomicInteger calls = new AtomicInteger();

    private FaultInjector(boolean kills, int first) {
        this.kills = kills;
        this.first = first;
    }

    /** Arguments: {@code kill:N} or {@code fail:N}. */
    public static void premain(String arguments, Instrumentation instrumentation) throws Exception {
        String[] words = arguments.split(":");
        System.getProperties().put(PLACE, new FaultInjector(words[0].equals(KILL), Integer.parseInt(words[1])));
        try (InputStream files = FaultInjector.class.getResourceAsStream(FaultInjectorJar.FILES)) {
            instrumentation.redefineClasses(new ClassDefinition(Files.class, files.readAllBytes()));
        }
    }

    /** Called before a method of {@link Files}; gives what it throws, or null. */
    @Override
    public IOException apply(String method) {
        boolean fails = method.equals("move") || method.equals("createLink");
        if ((kills || fails) && calls.incrementAndGet() >= first) {
            if (kills) {
                Runtime.getRuntime().halt(137);
            }
            System.err.println(FAILED + method);
            return new FileSystemException("", null, "Input/output error");
        }
        return null;
    }
}
