package io.graft.tensor.expression.bands;

import io.graft.tensor.expression.bands.numbers.Order;
import java.util.IdentityHashMap;
import java.util.Optional;

/**
 * Brings elements into another order by bringing into it what they are computed from, so that none but what lies in a file or is small
 * has to be there as a whole.
 */
final class Turn {
    /** Most elements that are held so that others need not be. */
    private static final long SMALL = 1 << 22;

    private final String what;
    private final Order order;
    private final Wholes wholes;
    private final IdentityHashMap<Step, Optional<Step>> known = new IdentityHashMap<>();

    /**
     * @param what is turned, in a few words
     * @param order without gaps
     */
    Turn(String what, Order order, Wholes wholes) {
        this.what = what;
        this.order = order;
        this.wholes = wholes;
    }

    Order order() {
        return order;
    }

    /** Another order for what the elements are computed from. */
    Turn with(Order other) {
        return new Turn(what, other, wholes);
    }

    /** A step's elements in the order; empty if they would have to be held, and are many or unknown yet. */
    Optional<Step> of(Step step) {
        Optional<Step> turned = known.get(step);
        if (turned == null) {
            turned = order.isPlain() ? Optional.of(step) : step.turned(this);
            known.put(step, turned);
        }
        return turned;
    }

    /** Elements that lie somewhere, in the order. */
    Optional<Step> ofLeaf(Source source) {
        if (source.isBase() || (source.count() > SMALL && !Mapped.canBe(source))) {
            return Optional.empty();
        }
        Whole whole = Mapped.canBe(source) ? Mapped.of(source) : whole(source, source.count());
        return Optional.of(new Turned(whole, order));
    }

    Whole whole(Step step, long count) {
        return wholes.whole(what, step, count);
    }
}
