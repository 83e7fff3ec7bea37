package io.graft.modifiers.transfer.suggest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.graft.modifiers.transfer.suggest.LearnedRenames.Learned;
import io.graft.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LearnedRenamesTest {
    private static final Shape SQUARE = Shape.of(4, 4);

    private static Named square(String name) {
        return new Named(name, SQUARE);
    }

    private static List<String> learned(List<Named> from, List<Named> to, String... kept) {
        List<String> names = new ArrayList<>(from.stream().map(Named::name).toList());
        names.addAll(List.of(kept));
        return LearnedRenames.between(from, to, names, Set.of(kept)).stream()
                .map(LearnedRenamesTest::text)
                .toList();
    }

    private static String text(Learned learned) {
        return learned.rule().from() + " > " + learned.rule().to() + " " + learned.tensors()
                + (learned.isGuess() ? "?" : "");
    }

    @Test
    void namesTellWhichIsWhichWhateverTheirOrder() {
        assertEquals(
                List.of("**.k_lin > **.key 2", "**.q_lin > **.query 2", "**.v_lin > **.value 2"),
                learned(
                                Stream.of(
                                                "l.0.q_lin.weight",
                                                "l.1.q_lin.weight",
                                                "l.0.k_lin.weight",
                                                "l.1.k_lin.weight",
                                                "l.0.v_lin.weight",
                                                "l.1.v_lin.weight")
                                        .map(LearnedRenamesTest::square)
                                        .toList(),
                                Stream.of(
                                                "l.0.value.weight",
                                                "l.1.value.weight",
                                                "l.0.key.weight",
                                                "l.1.key.weight",
                                                "l.0.query.weight",
                                                "l.1.query.weight")
                                        .map(LearnedRenamesTest::square)
                                        .toList())
                        .stream()
                        .sorted()
                        .toList());
    }

    @Test
    void whereNamesTellNothingOrderIsAGuess() {
        assertEquals(
                List.of("a > x 1?", "b > y 1?"),
                learned(
                        List.of(square("a.weight"), square("b.weight")),
                        List.of(square("x.weight"), square("y.weight"))));
    }

    @Test
    void theOnlyOneOfItsShapeIsNoGuess() {
        assertEquals(
                List.of("b > y 1", "a > x 1"),
                learned(
                        List.of(square("a.weight"), new Named("b.weight", Shape.of(3, 4))),
                        List.of(new Named("y.weight", Shape.of(3, 4)), square("x.weight"))));
    }

    @Test
    void numbersThatBeginElsewhereAreCounted() {
        assertEquals(
                List.of("block1 > blocks.0 1", "block2 > blocks.1 1", "block3 > blocks.2 1"),
                learned(
                        List.of(
                                square("block1.conv.weight"),
                                square("block2.conv.weight"),
                                square("block3.conv.weight")),
                        List.of(
                                square("blocks.0.conv.weight"),
                                square("blocks.1.conv.weight"),
                                square("blocks.2.conv.weight"))));
    }

    @Test
    void aRuleTakesNothingElseAlong() {
        // `**.norm` would take the one that is right as it is.
        assertEquals(
                List.of("a.*.norm > a.$1.ln 2"),
                learned(
                        List.of(new Named("a.0.norm.weight", Shape.of(4)), new Named("a.1.norm.weight", Shape.of(4))),
                        List.of(new Named("a.0.ln.weight", Shape.of(4)), new Named("a.1.ln.weight", Shape.of(4))),
                        "b.norm.weight"));
    }

    @Test
    void aNameThatAnotherTensorKeepsIsNotGiven() {
        assertEquals(
                List.of(),
                learned(
                        List.of(square("a.linear.weight"), new Named("a.dense.weight", Shape.of(9))),
                        List.of(square("a.dense.weight"))));
    }

    @Test
    void orderTellsNothingWhereMostHaveNoPlaceInIt() {
        List<Named> from = new ArrayList<>(List.of(square("a.weight"), square("b.weight")));
        List<Named> to = new ArrayList<>(List.of(square("x.weight"), square("y.weight")));
        for (int i = 0; i < 3; i++) {
            from.add(new Named("c" + i + ".weight", Shape.of(i + 10)));
            to.add(new Named("z" + i + ".weight", Shape.of(i + 20)));
        }
        assertEquals(List.of(), learned(from, to));
        assertEquals(List.of("a > x 1?", "b > y 1?"), learned(from.subList(0, 4), to.subList(0, 4)));
    }

    @Test
    void aFewThatFitByChanceAreNothing() {
        List<Named> from = new ArrayList<>();
        List<Named> to = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            from.add(new Named("a.x" + (char) ('a' + i % 26) + i + ".weight", Shape.of(2, i + 1)));
            to.add(new Named("b.y" + (char) ('a' + i % 26) + i + ".bias", Shape.of(i + 100)));
        }
        from.add(square("a.weight"));
        to.add(square("c.weight"));
        assertEquals(List.of(), learned(from, to));
    }
}
