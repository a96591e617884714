using System.Globalization;
using HeapDrift.Profiling.Captures;
using Microsoft.Win32.SafeHandles;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Analysis;

/// <summary>
/// What is needed of the worker's runtime, taken while it may be: where it is mapped, and its DAC as an open file. Once privileges are given
/// up the path through <c>/proc/PID/root</c> may be closed to us; an open file stays readable under <c>/proc/self/fd</c>.
/// </summary>
internal sealed class RuntimeFilesOfWorker : IDisposable
{
    private readonly SafeFileHandle _dac;

    private RuntimeFilesOfWorker(ulong coreClrBase, SafeFileHandle dac) => (CoreClrBase, _dac) = (coreClrBase, dac);

    public ulong CoreClrBase { get; }

    public string DacPath => string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{_dac.DangerousGetHandle()}");

    public static RuntimeFilesOfWorker Open(CopyOnWritePlan plan)
    {
        try
        {
            // The first mapping of a file is that of its first bytes (proc_pid_maps(5)).
            string mapping = File.ReadLines($"/proc/{plan.Pid}/maps").FirstOrDefault(line => line.EndsWith($" {plan.CoreClrPath}", StringComparison.Ordinal))
                ?? throw new AnalysisException(CaptureOutcome.Failed, $"{plan.CoreClrPath} is not mapped any more");
            ulong start = ulong.Parse(mapping.AsSpan(0, mapping.IndexOf('-', StringComparison.Ordinal)), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
#pragma warning disable CA2000 // It belongs to what is returned.
            return new RuntimeFilesOfWorker(start, File.OpenHandle(plan.DacPath));
#pragma warning restore CA2000
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            throw new AnalysisException(CaptureOutcome.Failed, $"the worker's runtime cannot be read: {gone.Message}", cause: gone);
        }
    }

    public void Dispose() => _dac.Dispose();
}
