package io.graft.processor;

import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import javax.annotation.processing.ProcessingEnvironment;
import javax.annotation.processing.Processor;
import javax.lang.model.util.Elements;

/**
 * Which processor claims the annotations that both of ours read. A processor that claims an annotation hides it from those
 * after it, and one that nobody claims is a warning: so the last one does, and a command line may name them in any order.
 */
final class Claims {
    /** Build tools wrap the environment for each processor, but not what it gives. */
    private static final Map<Elements, Set<Class<?>>> STARTED = Collections.synchronizedMap(new WeakHashMap<>());

    private static final int OURS = 2;

    private Claims() {}

    /** Takes note that a processor starts in a compilation; tells whether all of ours have started now. */
    static boolean isLast(Processor processor, ProcessingEnvironment environment) {
        Set<Class<?>> started = STARTED.computeIfAbsent(environment.getElementUtils(), first -> new HashSet<>());
        started.add(processor.getClass());
        return started.size() == OURS;
    }
}
