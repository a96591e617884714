using System.Globalization;
using HeapDrift.Collector.Captures;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Reports;
using Spectre.Console;

namespace HeapDrift.Collector.Commands;

/// <summary>Runs a capture for a person: a progress bar on a terminal, a line for every phase elsewhere.</summary>
internal static class CaptureFeedback
{
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(200);

    /// <summary>What wraps cannot be drawn over, and would stand there again and again.</summary>
    private const int LeastColumns = 80;

    public static Task<CaptureReport> RunAsync(
        Terminal terminal, Capture capture, CaptureSettings settings, Task finish, CancellationToken cancellationToken)
    {
        IAnsiConsole screen = terminal.Progress;
        return terminal.IsInteractive && screen.Profile.Width >= LeastColumns
            ? screen.Progress()
                .HideCompleted(false)
                .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new SpinnerColumn())
                .StartAsync(context => WithBarsAsync(context, capture, settings, finish, cancellationToken))
            : capture.RunAsync(new Lines(terminal.Error), finish, cancellationToken);
    }

    private static async Task<CaptureReport> WithBarsAsync(
        ProgressContext context, Capture capture, CaptureSettings settings, Task finish, CancellationToken cancellationToken)
    {
        var bars = new Bars(context, settings.Window);
        Task<CaptureReport> running = capture.RunAsync(bars, finish, cancellationToken);
        while (await Task.WhenAny(running, Task.Delay(Redraw, CancellationToken.None)) != running)
        {
            bars.Tick();
        }

        return await running;
    }

    private sealed class Lines(TextWriter error) : ICaptureObserver
    {
        public void Entered(CaptureProgress progress) =>
            error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{progress.At.UtcDateTime:HH:mm:ss} {progress.Message}"));

        public void Saw(long objects)
        {
        }
    }

    /// <summary>One bar a phase that takes time. The heap's size is not known before it is walked: those bars only move.</summary>
    private sealed class Bars(ProgressContext context, TimeSpan window) : ICaptureObserver
    {
        private ProgressTask? _current;
        private DateTimeOffset? _windowEndsAt;
        private string _title = "";

        public void Entered(CaptureProgress progress)
        {
            Complete();
            if (progress.Phase is CapturePhase.Diff or CapturePhase.Report)
            {
                return;
            }

            _title = Markup.Escape(progress.Message);
            _windowEndsAt = progress.WindowEndsAt;
            _current = context.AddTask(_title);
            _current.IsIndeterminate = _windowEndsAt is null;
        }

        public void Saw(long objects)
        {
            // Those that are taken in the window have no bar of their own.
            if (_current is { } current && _windowEndsAt is null)
            {
                current.Description = string.Create(CultureInfo.InvariantCulture, $"{_title}: {objects:N0} objects");
            }
        }

        public void Tick()
        {
            if (_windowEndsAt is { } end && window > TimeSpan.Zero && _current is { } current)
            {
                current.Value = 100 * (1 - ((end - TimeProvider.System.GetUtcNow()) / window));
            }
        }

        private void Complete()
        {
            if (_current is { } done)
            {
                done.IsIndeterminate = false;
                done.Value = done.MaxValue;
                done.StopTask();
            }
        }
    }
}
