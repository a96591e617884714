using System.Text.Json.Serialization;
using HeapDrift.Profiling.Captures;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Analysis;

/// <summary>What the analysing process is told on standard input, in one line. The end of its input takes the order back.</summary>
internal sealed record AnalysisOrder
{
    public required CopyOnWritePlan Plan { get; init; }

    /// <summary>Only clear away what is left of earlier copies.</summary>
    public bool IsSweep { get; init; }

    /// <summary>Bytes that it may take besides the runtime.</summary>
    public required long BudgetBytes { get; init; }

    /// <summary>How many threads mark.</summary>
    public required int Threads { get; init; }

    /// <summary>A second line follows when <see cref="AnalysisWord.FrozenAt"/> was said: a <see cref="SampleQuery"/>.</summary>
    public bool HasSamples { get; init; }
}

/// <summary>What it says on standard error while it works, in lines.</summary>
internal sealed record AnalysisWord
{
    /// <summary>The copy can be read and its roots are known; when it was made, in ticks of the monotonic clock.</summary>
    public long? FrozenAt { get; init; }

    /// <summary>Objects marked so far.</summary>
    public long? Objects { get; init; }

    /// <summary>It could not do it. The last word.</summary>
    public AnalysisFailure? Failure { get; init; }
}

/// <summary>Why there is no snapshot.</summary>
/// <param name="Outcome">What that means for the attempt.</param>
/// <param name="Reason">A sentence for the operator.</param>
/// <param name="IsWorthRetrying">The worker was in the middle of a collection; a moment later it will not be.</param>
internal sealed record AnalysisFailure(CaptureOutcome Outcome, string Reason, bool IsWorthRetrying);

/// <summary>How the two processes write to each other.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(KebabCaseConverter<CaptureOutcome>)])]
[JsonSerializable(typeof(AnalysisOrder))]
[JsonSerializable(typeof(AnalysisWord))]
[JsonSerializable(typeof(SampleQuery))]
internal sealed partial class AnalysisJson : JsonSerializerContext;
