using HeapDrift.Profiling.Watching;
using Microsoft.Extensions.Options;

namespace HeapDrift.Collector.Watching;

/// <summary>What watching may cost a worker: section <c>HeapDrift:Watch</c>.</summary>
internal sealed class WatchOptions : IValidateOptions<WatchOptions>
{
    public const string Section = "HeapDrift:Watch";

    private const double Least = 0.00001;
    private const double Most = 0.01;

    /// <summary>Time that the kernel takes to read a worker's memory, as a share of all time. Beyond it readings become rarer.</summary>
    public double MostReadShare { get; set; } = SmapsPace.UsualShare;

    public ValidateOptionsResult Validate(string? name, WatchOptions options) => options.MostReadShare is >= Least and <= Most
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"{Section}:MostReadShare is {options.MostReadShare}: it takes {Least} to {Most}");
}
