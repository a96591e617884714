using HeapDrift.Collector.Watching;

namespace HeapDrift.Collector.Metrics;

/// <summary>One metric of workers: what it is called and how it is taken from what was last read. Both ways out read the same.</summary>
/// <param name="Name">Of <see cref="Instrumentation.TelemetryNames.Metrics"/>.</param>
/// <param name="Unit">UCUM; empty for none.</param>
/// <param name="Kind">How it may be used.</param>
/// <param name="Description">One sentence.</param>
/// <param name="Attribute">What tells several values of one worker apart; null where there is only one.</param>
/// <param name="Read">None where it is not known: a value that nobody saw is not exported.</param>
internal sealed record WorkerFigure(
    string Name, string Unit, FigureKind Kind, string Description, string? Attribute, Func<WatchedWorker, IEnumerable<FigureValue>> Read);

/// <summary>One value.</summary>
/// <param name="Value">In the figure's unit.</param>
/// <param name="Part">Value of the figure's attribute; null where it has none.</param>
internal readonly record struct FigureValue(double Value, string? Part = null);
