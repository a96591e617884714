using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
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

    /// <summary>As the build wrote it into the library, for example <c>10.0.1226.42308 @Commit: 95017c7…</c>.</summary>
    public required string RuntimeVersion { get; init; }

    /// <summary>Who loads it.</summary>
    public required ReaderIdentity Reader { get; init; }

    /// <summary>Memory that the copy is expected to need in the worker's control group.</summary>
    public required long ExpectedCostBytes { get; init; }

    /// <summary>The first number of the version; null where it is none.</summary>
    [JsonIgnore]
    public int? RuntimeMajor => int.TryParse(RuntimeVersion.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major) ? major : null;
}

/// <summary>Why there is no plan.</summary>
/// <param name="Outcome">What it means for the attempt.</param>
/// <param name="Reason">One sentence for the operator: the cause, and the way out where there is one.</param>
/// <param name="MayPass">Another snapshot traces the worker for milliseconds, which looks like a debugger.</param>
internal sealed record CopyOnWriteRefusal(CaptureOutcome Outcome, string Reason, bool MayPass = false);

/// <summary>A plan, or why there is none.</summary>
internal readonly record struct PreflightAnswer(CopyOnWritePlan? Plan, CopyOnWriteRefusal? Refusal)
{
    [MemberNotNullWhen(true, nameof(Plan))]
    [MemberNotNullWhen(false, nameof(Refusal))]
    public bool IsPossible => Plan is not null;
}
