using System.Diagnostics.CodeAnalysis;
using HeapDrift.Profiling.Captures;

namespace HeapDrift.Collector.Engines.CopyOnWrite;

/// <summary>What a copy-on-write snapshot of one worker needs to know before it begins.</summary>
internal sealed record CopyOnWritePlan
{
    public required int Pid { get; init; }

    /// <summary>In the worker's own mount namespace.</summary>
    public required string CoreClrPath { get; init; }

    /// <summary>
    /// As it is reached from here, through <c>/proc/PID/root</c>. It is code from the worker's file system: whoever loads it should have
    /// no more rights than the worker has.
    /// </summary>
    public required string DacPath { get; init; }

    /// <summary>Who loads it.</summary>
    public required ReaderIdentity Reader { get; init; }

    /// <summary>Memory that the copy is expected to need in the worker's control group.</summary>
    public required long ExpectedCostBytes { get; init; }
}

/// <summary>Why there is no plan.</summary>
/// <param name="Outcome">What it means for the attempt.</param>
/// <param name="Reason">One sentence for the operator: the cause, and the way out where there is one.</param>
internal sealed record CopyOnWriteRefusal(CaptureOutcome Outcome, string Reason);

/// <summary>A plan, or why there is none.</summary>
internal readonly record struct PreflightAnswer(CopyOnWritePlan? Plan, CopyOnWriteRefusal? Refusal)
{
    [MemberNotNullWhen(true, nameof(Plan))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsPossible => Plan is not null;
}
