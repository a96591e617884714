using System.Collections;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace HeapDrift.Instrumentation.Hosting;

/// <summary>The settings of a program that has no configuration: the same names in the environment, <c>HeapDrift__Window</c> and so on.</summary>
internal static class EnvironmentOptions
{
    private const string Prefix = HeapDriftOptions.Section + "__";

    /// <summary>A value that makes no sense is named in the log, and its default is used: the program must start.</summary>
    public static HeapDriftOptions Read(ILogger logger)
    {
        var options = new HeapDriftOptions();
        IDictionary environment = Environment.GetEnvironmentVariables();
        options.OutputDirectory = environment[Prefix + nameof(options.OutputDirectory)] as string;
        options.CollectorPath = environment[Prefix + nameof(options.CollectorPath)] as string;
        if (environment[Prefix + nameof(options.Window)] is string { Length: > 0 } window)
        {
            SetWindow(options, window, logger);
        }

        return options;
    }

    private static void SetWindow(HeapDriftOptions options, string text, ILogger logger)
    {
        TimeSpan preset = options.Window;
        if (TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out TimeSpan window))
        {
            options.Window = window;
            ValidateOptionsResult result = new HeapDriftOptionsValidator().Validate(name: null, options);
            if (!result.Failed)
            {
                return;
            }
        }

        options.Window = preset;
        Log.SettingIgnored(logger, Prefix + nameof(options.Window), text, preset);
    }
}
