using System.Diagnostics.Metrics;
using HeapDrift.Collector.Export;
using HeapDrift.Collector.Watching;
using HeapDrift.Instrumentation;

namespace HeapDrift.Collector.Metrics;

/// <summary>The metrics of all watched workers as instruments, each worker as attributes.</summary>
internal sealed class WorkerMeter : IDisposable
{
    /// <summary>The name that the SDK subscribes to.</summary>
    public const string Name = "HeapDrift.Collector";

    public const string UndeliveredHelp = "Reports that the OTLP receiver does not have yet.";
    public const string UndeliverableHelp = "Reports that are not sent any more: refused, damaged, too old or too many.";

    private readonly Meter _meter = new(Name);
    private readonly WorkerBoard _board;
    private readonly Lock _lock = new();
    private readonly HashSet<(int Pid, long Start)> _seen = [];

    public WorkerMeter(WorkerBoard board, Func<DeliveryBacklog> backlog)
    {
        _board = board;
        foreach (WorkerFigure figure in WorkerFigures.All)
        {
            Create(figure);
        }

        _meter.CreateObservableUpDownCounter(TelemetryNames.Metrics.UndeliveredCaptures, () => backlog().Count, TelemetryNames.Units.Capture, UndeliveredHelp);
        _meter.CreateObservableCounter(TelemetryNames.Metrics.UndeliverableCaptures, () => backlog().UndeliverableCount, TelemetryNames.Units.Capture, UndeliverableHelp);
    }

    /// <summary>Workers that were measured since this was made, and how many of them are not there any more.</summary>
    public (int All, int Ended) Seen
    {
        get
        {
            lock (_lock)
            {
                return (_seen.Count, _seen.Count - _board.Workers.Count(worker => _seen.Contains(KeyOf(worker))));
            }
        }
    }

    public void Dispose() => _meter.Dispose();

    private void Create(WorkerFigure figure)
    {
        string? unit = figure.Unit.Length == 0 ? null : figure.Unit;
        switch (figure.Kind)
        {
            case FigureKind.Counter:
                _meter.CreateObservableCounter(figure.Name, () => Measure(figure), unit, figure.Description);
                break;
            case FigureKind.UpDownCounter:
                _meter.CreateObservableUpDownCounter(figure.Name, () => Measure(figure), unit, figure.Description);
                break;
            default:
                _meter.CreateObservableGauge(figure.Name, () => Measure(figure), unit, figure.Description);
                break;
        }
    }

    private IEnumerable<Measurement<double>> Measure(WorkerFigure figure)
    {
        foreach (WatchedWorker worker in _board.Workers)
        {
            Note(worker);
            KeyValuePair<string, object?>[] labels = [.. LabelsOf(worker)];
            foreach (FigureValue value in figure.Read(worker))
            {
                yield return new(value.Value, value.Part is null ? labels : [.. labels, new(figure.Attribute!, value.Part)]);
            }
        }
    }

    private void Note(WatchedWorker worker)
    {
        lock (_lock)
        {
            _seen.Add(KeyOf(worker));
        }
    }

    private static (int Pid, long Start) KeyOf(WatchedWorker worker) => (worker.Worker.Pid, worker.Worker.StartTimeTicks);

    private static IEnumerable<KeyValuePair<string, object?>> LabelsOf(WatchedWorker seen)
    {
        string[] labels = WorkerLabels.Of(seen.Worker);
        for (int at = 0; at < labels.Length; at++)
        {
            if (labels[at].Length != 0)
            {
                // A number by the semantic conventions.
                object value = WorkerLabels.Names[at] == TelemetryNames.Attributes.ProcessPid ? (long)seen.Worker.Pid : labels[at];
                yield return new(WorkerLabels.Names[at], value);
            }
        }
    }
}
