namespace HeapDrift.SnapshotBench;

/// <summary>What a service did in one turn, and what that took.</summary>
/// <param name="Requests">Answered.</param>
/// <param name="Seconds">Of the clock.</param>
/// <param name="WorkerSeconds">Processor time of the service.</param>
/// <param name="AgentSeconds">Processor time of the agent; 0 where the turn stands for a machine without one.</param>
/// <param name="SessionSeconds">Of the service's processor time, that of the threads that serve the agent's session.</param>
/// <param name="Collections">Garbage collections, as the agent counted them; 0 where nobody did.</param>
internal readonly record struct ServedTurn(long Requests, double Seconds, double WorkerSeconds, double AgentSeconds, double SessionSeconds, double Collections)
{
    public double RequestsPerSecond => Requests / Seconds;

    /// <summary>
    /// Where processors are what there is too little of, this is the throughput of each. It does not change when a neighbour takes some of the machine,
    /// which moves <see cref="RequestsPerSecond"/> by more than what is asked.
    /// </summary>
    public double RequestsPerProcessorSecond => Requests / (WorkerSeconds + AgentSeconds);
}
