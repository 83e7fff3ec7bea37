package io.graft.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.TargetModel;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ScheduledTargetTest {
    /** A default that is not handed on would be taken for the target's own. */
    @Test
    void everythingElseIsHandedOn() {
        List<String> own = Arrays.stream(ScheduledTarget.class.getDeclaredMethods())
                .map(ScheduledTargetTest::signature)
                .toList();
        List<String> inherited = Stream.of(LiveTarget.class, TargetModel.class)
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .filter(method -> !Modifier.isStatic(method.getModifiers()) && !method.isSynthetic())
                .map(ScheduledTargetTest::signature)
                .filter(method -> !own.contains(method))
                .sorted()
                .toList();
        assertEquals(List.of("commit[class io.graft.Plan]"), inherited);
    }

    private static String signature(Method method) {
        return method.getName() + Arrays.toString(method.getParameterTypes());
    }
}
