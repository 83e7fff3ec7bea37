package io.graft.djl;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ScheduledTargetTest {
    /** What it left to an interface's default would be another model's answer. */
    @Test
    void answersEverythingAsTheModelThatItStandsFor() {
        Set<String> answered = Arrays.stream(ScheduledTarget.class.getDeclaredMethods())
                .map(ScheduledTargetTest::signature)
                .collect(Collectors.toSet());
        assertEquals(
                List.of("commit[class io.graft.Plan]"),
                Arrays.stream(LiveTarget.class.getMethods())
                        .filter(method -> !Modifier.isStatic(method.getModifiers()))
                        .map(ScheduledTargetTest::signature)
                        .distinct()
                        .filter(method -> !answered.contains(method))
                        .toList());
    }

    private static String signature(Method method) {
        return method.getName() + Arrays.toString(method.getParameterTypes());
    }
}
