namespace Shop.Leader;

/// <param name="Count">How many workers.</param>
/// <param name="Arguments">What the leader was started with, and its workers are too.</param>
/// <param name="Socket">What they all accept from.</param>
internal sealed record WorkerPlan(int Count, IReadOnlyList<string> Arguments, ListeningSocket Socket);
