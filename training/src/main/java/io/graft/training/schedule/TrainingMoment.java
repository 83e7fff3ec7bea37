package io.graft.training.schedule;

/**
 * How far a training is.
 *
 * @param epochs how many are completed
 * @param steps how many are completed, of all epochs
 * @param stepsOfEpoch how many of them belong to the epoch under way
 */
public record TrainingMoment(long epochs, long steps, long stepsOfEpoch) {
    /** Before the first step. */
    public static final TrainingMoment START = new TrainingMoment(0, 0, 0);

    /** After one step more. */
    public TrainingMoment afterStep() {
        return new TrainingMoment(epochs, steps + 1, stepsOfEpoch + 1);
    }

    /** After the epoch under way. */
    public TrainingMoment afterEpoch() {
        return new TrainingMoment(epochs + 1, steps, 0);
    }

    /** For people: {@code epoch 2, step 130}, both counted from 0. */
    @Override
    public String toString() {
        return "epoch " + epochs + ", step " + steps;
    }
}
