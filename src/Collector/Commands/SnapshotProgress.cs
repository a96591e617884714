using System.Globalization;
using Spectre.Console;

namespace HeapDrift.Collector.Commands;

/// <summary>Shows on a terminal how many objects have arrived of one snapshot.</summary>
internal static class SnapshotProgress
{
    public static Task<T> ShowAsync<T>(Terminal terminal, Func<IProgress<long>?, Task<T>> take) => terminal.IsInteractive
        ? terminal.Progress.Status().StartAsync("taking the snapshot", status => take(new Reporter(status)))
        : take(null);

    private sealed class Reporter(StatusContext status) : IProgress<long>
    {
        public void Report(long value) =>
            status.Status(string.Create(CultureInfo.InvariantCulture, $"taking the snapshot: {value:N0} objects"));
    }
}
