using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using HeapDrift.Instrumentation.Metrics;
using HeapDrift.Instrumentation.Telemetry;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Reports;
using Microsoft.Extensions.Logging;

namespace HeapDrift.Instrumentation.Captures;

/// <summary>One capture of this process from what asked for it to its outcome in the application's own telemetry.</summary>
internal sealed class SelfCapture(TriggerKind trigger, HeapDriftOptions options, ILogger logger, ActivitySource source, TimeProvider time)
{
    private readonly TaskCompletionSource<SupervisedCapture?> _helper = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The application's logger reaches a back end, so that what is logged need not be exported by the helper.</summary>
    public required bool LogsAreExported { get; init; }

    /// <summary>Counts this capture.</summary>
    public required CaptureMeter Meter { get; init; }

    /// <summary>The second signal.</summary>
    public async Task FinishAsync()
    {
        if (await _helper.Task.ConfigureAwait(false) is { } helper)
        {
            await helper.FinishAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Returns when the outcome has been told.</summary>
    public async Task RunAsync(Action<CaptureProgress> onProgress, CancellationToken stopping)
    {
        try
        {
            var at = time.GetUtcNow();
            string? path = new ProcessStartInfo().Environment.TryGetValue("PATH", out string? value) ? value : null;
            if (CollectorExecutable.Find(options.CollectorPath, AppContext.BaseDirectory, path, out var searched) is { } executable)
            {
                using var span = new CaptureTelemetry(logger, source) { Meter = Meter }.Begin(new CaptureTrigger { Kind = trigger }, Worker(), at);
                await RunAsync(executable, span, onProgress, stopping).ConfigureAwait(false);
            }
            else
            {
                Log.CollectorNotFound(logger, string.Join(", ", searched));
            }
        }
        finally
        {
            _helper.TrySetResult(null);
        }
    }

    private async Task RunAsync(string executable, CaptureSpan span, Action<CaptureProgress> onProgress, CancellationToken stopping)
    {
        try
        {
            string output = OutputFolder.Prepare(options.OutputDirectory);
            bool workerExports = LogsAreExported || source.HasListeners();
            var command = CollectorCommand.Create(executable, Environment.ProcessId, trigger, options.Window, output, workerExports);
            using var helper = SupervisedCapture.Start(command, time);
            _helper.TrySetResult(helper);
            var result = await helper.RunAsync(options.Window + SupervisedCapture.WorkLimit, onProgress, stopping).ConfigureAwait(false);
            Tell(span, result, output);
        }
        catch (Win32Exception failure)
        {
            span.Fail("not-executable", $"{executable} cannot be executed: {failure.Message}", time.GetUtcNow());
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            span.Fail("output-directory", $"The folder for reports cannot be used: {failure.Message}", time.GetUtcNow());
        }
    }

    private void Tell(CaptureSpan span, CaptureResult result, string output)
    {
        if (result is { Report: { } report })
        {
            string folder = Path.Join(output, report.CaptureId);
            bool isKept = Directory.Exists(folder);
            span.Complete(report, isKept ? folder : null);
            if (isKept)
            {
                Log.ReportKept(logger, folder);
            }
            else
            {
                Log.ReportNotKept(logger, string.Join(' ', result.LastWords));
            }
        }
        else if (result is { Failure: { } failure })
        {
            span.Fail(failure.ErrorType, failure.Message, time.GetUtcNow());
        }
    }

    /// <summary>This process.</summary>
    public static WorkerIdentity Worker() => new()
    {
        Pid = Environment.ProcessId,
        Name = Assembly.GetEntryAssembly()?.GetName().Name ?? AppDomain.CurrentDomain.FriendlyName,
        RuntimeVersion = Environment.Version.ToString(),
    };
}
