using HeapDrift.Profiling.Detection;
using Microsoft.Extensions.Options;

namespace HeapDrift.Collector.Detection;

/// <summary>Whether the agent looks for leaks by itself: section <c>HeapDrift:Detector</c>.</summary>
internal sealed class DetectorOptions : IValidateOptions<DetectorOptions>
{
    public const string Section = "HeapDrift:Detector";

    private static readonly LeakDetectorOptions Default = new();

    public bool Enabled { get; set; } = true;

    /// <summary>Whether a suspicion asks for a capture, or is only told.</summary>
    public bool Captures { get; set; } = true;

    /// <summary>So long a worker is watched before anything is said about it.</summary>
    public TimeSpan WarmUp { get; set; } = Default.WarmUp;

    /// <summary>Growth below this is not worth a capture.</summary>
    public long FloorBytes { get; set; } = Default.FloorBytes;

    public LeakDetectorOptions ForOne() => Default with { WarmUp = WarmUp, FloorBytes = FloorBytes };

    public ValidateOptionsResult Validate(string? name, DetectorOptions options)
    {
        string?[] failures =
        [
            options.WarmUp >= TimeSpan.Zero && options.WarmUp <= TimeSpan.FromDays(1)
                ? null : $"{Section}:WarmUp is {options.WarmUp}: it takes 00:00:00 to 1.00:00:00",
            options.FloorBytes >= 0 ? null : $"{Section}:FloorBytes is {options.FloorBytes}: it takes 0 or more",
        ];
        string[] said = [.. failures.OfType<string>()];
        return said.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(said);
    }
}
