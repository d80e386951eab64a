// FFmpeg's headers for Swift, and what Swift cannot read from them.
//
// Swift imports plain integer macros, enums, structs and functions. It does not import cast or
// compound macros (AVERROR_EOF, AV_NOPTS_VALUE), function-like macros, or fields that were renamed
// between versions. Each of these has a `static inline` here with the prefix `reel_`. Nothing in this
// file holds state: a static variable in a system-library header is emitted by nobody.
//
// Written for FFmpeg 5.1 to 8. What differs is told apart here and nowhere else:
//   duration of a frame          pkt_duration, from libavutil 57.30 duration
//   keyframe, interlaced         fields, from libavutil 58.29 flags
//   side data of a stream        of AVStream, from libavcodec 60.31 of its codec parameters
//   what an encoder takes        fields of AVCodec; libavcodec 61.13 adds avcodec_get_supported_config
//   flags of swscale             macros, from libswscale 9 an enum: reached by functions either way

#pragma once

#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavformat/avformat.h>
#include <libavutil/audio_fifo.h>
#include <libavutil/avutil.h>
#include <libavutil/channel_layout.h>
#include <libavutil/dict.h>
#include <libavutil/display.h>
#include <libavutil/dovi_meta.h>
#include <libavutil/error.h>
#include <libavutil/imgutils.h>
#include <libavutil/mastering_display_metadata.h>
#include <libavutil/mathematics.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libavutil/rational.h>
#include <libavutil/samplefmt.h>
#include <libswresample/swresample.h>
#include <libswscale/swscale.h>

// Error codes: AVERROR() negates errno, the others are four-letter tags.
static inline int reel_averror(int e) { return AVERROR(e); }
static inline int reel_averror_eof(void) { return AVERROR_EOF; }
static inline int reel_averror_again(void) { return AVERROR(EAGAIN); }
static inline int reel_averror_exit(void) { return AVERROR_EXIT; }
static inline int reel_averror_invaliddata(void) { return AVERROR_INVALIDDATA; }
static inline int reel_averror_stream_not_found(void) { return AVERROR_STREAM_NOT_FOUND; }
static inline int reel_averror_decoder_not_found(void) { return AVERROR_DECODER_NOT_FOUND; }
static inline int reel_averror_encoder_not_found(void) { return AVERROR_ENCODER_NOT_FOUND; }
static inline int reel_averror_demuxer_not_found(void) { return AVERROR_DEMUXER_NOT_FOUND; }
static inline int reel_averror_option_not_found(void) { return AVERROR_OPTION_NOT_FOUND; }
static inline int reel_averror_patchwelcome(void) { return AVERROR_PATCHWELCOME; }

static inline int64_t reel_nopts(void) { return AV_NOPTS_VALUE; }

// Versions of the headers this was compiled with; the library's own functions give the run-time ones.
static inline unsigned reel_avformat_build_version(void) { return LIBAVFORMAT_VERSION_INT; }
static inline unsigned reel_avcodec_build_version(void) { return LIBAVCODEC_VERSION_INT; }
static inline unsigned reel_avfilter_build_version(void) { return LIBAVFILTER_VERSION_INT; }
static inline unsigned reel_swscale_build_version(void) { return LIBSWSCALE_VERSION_INT; }
static inline unsigned reel_swresample_build_version(void) { return LIBSWRESAMPLE_VERSION_INT; }
static inline unsigned reel_avutil_build_version(void) { return LIBAVUTIL_VERSION_INT; }

// swscale's flags became an enum in version 8 of the library; its context a public struct.
typedef struct SwsContext *ReelScaler;
static inline int reel_sws_bicubic(void) { return SWS_BICUBIC; }
static inline int reel_sws_lanczos(void) { return SWS_LANCZOS; }
static inline int reel_sws_area(void) { return SWS_AREA; }
// Exact rounding and full chroma: without them a round trip through RGB drifts in colour.
static inline int reel_sws_exact(void) {
    return SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP | SWS_BITEXACT;
}

// Fields that moved between FFmpeg 5.1 and 8.
static inline int64_t reel_frame_duration(const AVFrame *f) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
    return f->duration;
#else
    return f->pkt_duration;
#endif
}
static inline void reel_frame_set_duration(AVFrame *f, int64_t duration) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(57, 30, 100)
    f->duration = duration;
#else
    f->pkt_duration = duration;
#endif
}
static inline int reel_frame_is_key(const AVFrame *f) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 29, 100)
    return (f->flags & AV_FRAME_FLAG_KEY) != 0;
#else
    return f->key_frame;
#endif
}
static inline int reel_frame_is_interlaced(const AVFrame *f) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 29, 100)
    return (f->flags & AV_FRAME_FLAG_INTERLACED) != 0;
#else
    return f->interlaced_frame;
#endif
}
static inline int reel_frame_is_corrupt(const AVFrame *f) { return (f->flags & AV_FRAME_FLAG_CORRUPT) != 0; }

// The nine numbers of the display matrix, or NULL.
static inline const int32_t *reel_stream_display_matrix(const AVStream *st) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 102)
    const AVPacketSideData *sd = av_packet_side_data_get(
        st->codecpar->coded_side_data, st->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);
    return sd && sd->size >= 36 ? (const int32_t *)sd->data : NULL;
#else
    size_t size = 0;
    const uint8_t *data = av_stream_get_side_data(st, AV_PKT_DATA_DISPLAYMATRIX, &size);
    return data && size >= 36 ? (const int32_t *)data : NULL;
#endif
}
// Whether the stream carries side data of one of the HDR kinds.
static inline int reel_stream_has_side_data(const AVStream *st, enum AVPacketSideDataType kind) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 102)
    return av_packet_side_data_get(
        st->codecpar->coded_side_data, st->codecpar->nb_coded_side_data, kind) != NULL;
#else
    return av_stream_get_side_data(st, kind, NULL) != NULL;
#endif
}

// A stream's side data of one kind, or NULL; valid while the stream is open.
static inline const void *reel_stream_side_data(
    const AVStream *st, enum AVPacketSideDataType kind, size_t *size) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 102)
    const AVPacketSideData *sd = av_packet_side_data_get(
        st->codecpar->coded_side_data, st->codecpar->nb_coded_side_data, kind);
    if (size) *size = sd ? sd->size : 0;
    return sd ? sd->data : NULL;
#else
    return av_stream_get_side_data(st, kind, size);
#endif
}
// The contents of a frame's side data of one kind, or NULL.
static inline const void *reel_frame_side_data(const AVFrame *f, enum AVFrameSideDataType kind) {
    const AVFrameSideData *sd = av_frame_get_side_data(f, kind);
    return sd ? sd->data : NULL;
}
// The structs of HDR metadata may grow, so Swift reads them here and knows no size. `into` receives x and y
// of red, green, blue and white, then the least and the most light in cd/m2; the answer is 1 for colours
// present, plus 2 for light present.
static inline int reel_mastering_display(const void *data, double into[10]) {
    const AVMasteringDisplayMetadata *m = (const AVMasteringDisplayMetadata *)data;
    for (int i = 0; i < 3; i++) {
        into[2 * i] = av_q2d(m->display_primaries[i][0]);
        into[2 * i + 1] = av_q2d(m->display_primaries[i][1]);
    }
    into[6] = av_q2d(m->white_point[0]);
    into[7] = av_q2d(m->white_point[1]);
    into[8] = av_q2d(m->min_luminance);
    into[9] = av_q2d(m->max_luminance);
    return (m->has_primaries ? 1 : 0) + (m->has_luminance ? 2 : 0);
}
static inline void reel_content_light(const void *data, unsigned *peak, unsigned *average) {
    *peak = ((const AVContentLightMetadata *)data)->MaxCLL;
    *average = ((const AVContentLightMetadata *)data)->MaxFALL;
}
static inline int reel_dolby_profile(const void *data) {
    return ((const AVDOVIDecoderConfigurationRecord *)data)->dv_profile;
}
// The largest single allocation that FFmpeg makes from now on.
static inline void reel_max_alloc(size_t bytes) { av_max_alloc(bytes); }

// What an encoder takes. 7.1 has avcodec_get_supported_config; the lists still stand in the struct.
static inline const enum AVPixelFormat *reel_codec_pixel_formats(const AVCodec *c) { return c->pix_fmts; }
static inline const enum AVSampleFormat *reel_codec_sample_formats(const AVCodec *c) { return c->sample_fmts; }
static inline const int *reel_codec_sample_rates(const AVCodec *c) { return c->supported_samplerates; }

// libavfilter is loaded when the first filter graph is built, not at start: it and what it needs (32 more
// shared objects) cost 27 ms of every process, and 'reel probe' as a whole takes twice that. Each function
// used is called through a symbol that CFFmpegShim looks up once loaded.
void *reel_filter_symbol(const char *name);
#define REEL_FILTER(function) ((__typeof__(&function))reel_filter_symbol(#function))

// Whether libavfilter could be loaded; to be asked before any of the functions below.
static inline int reel_filters_loaded(void) { return reel_filter_symbol("avfilter_version") != 0; }
static inline unsigned reel_avfilter_version(void) { return REEL_FILTER(avfilter_version)(); }
static inline const AVFilter *reel_filter_by_name(const char *name) {
    return REEL_FILTER(avfilter_get_by_name)(name);
}
static inline AVFilterGraph *reel_graph_alloc(void) { return REEL_FILTER(avfilter_graph_alloc)(); }
static inline void reel_graph_free(AVFilterGraph **graph) { REEL_FILTER(avfilter_graph_free)(graph); }
static inline int reel_graph_create_filter(
    AVFilterContext **made, const AVFilter *filter, const char *name, const char *arguments, AVFilterGraph *graph) {
    return REEL_FILTER(avfilter_graph_create_filter)(made, filter, name, arguments, NULL, graph);
}
static inline AVFilterInOut *reel_inout_alloc(void) { return REEL_FILTER(avfilter_inout_alloc)(); }
static inline void reel_inout_free(AVFilterInOut **list) { REEL_FILTER(avfilter_inout_free)(list); }
static inline int reel_graph_parse(
    AVFilterGraph *graph, const char *text, AVFilterInOut **inputs, AVFilterInOut **outputs) {
    return REEL_FILTER(avfilter_graph_parse_ptr)(graph, text, inputs, outputs, NULL);
}
static inline int reel_graph_config(AVFilterGraph *graph) {
    return REEL_FILTER(avfilter_graph_config)(graph, NULL);
}
static inline int reel_source_add(AVFilterContext *source, AVFrame *frame) {
    return REEL_FILTER(av_buffersrc_add_frame_flags)(source, frame, AV_BUFFERSRC_FLAG_KEEP_REF);
}
static inline int reel_sink_get(AVFilterContext *sink, AVFrame *frame) {
    return REEL_FILTER(av_buffersink_get_frame)(sink, frame);
}
static inline void reel_sink_set_samples(AVFilterContext *sink, unsigned samples) {
    REEL_FILTER(av_buffersink_set_frame_size)(sink, samples);
}
static inline int reel_sink_width(const AVFilterContext *s) { return REEL_FILTER(av_buffersink_get_w)(s); }
static inline int reel_sink_height(const AVFilterContext *s) { return REEL_FILTER(av_buffersink_get_h)(s); }
static inline int reel_sink_format(const AVFilterContext *s) { return REEL_FILTER(av_buffersink_get_format)(s); }
static inline AVRational reel_sink_time_base(const AVFilterContext *s) {
    return REEL_FILTER(av_buffersink_get_time_base)(s);
}
static inline AVRational reel_sink_rate(const AVFilterContext *s) {
    return REEL_FILTER(av_buffersink_get_frame_rate)(s);
}
static inline AVRational reel_sink_aspect(const AVFilterContext *s) {
    return REEL_FILTER(av_buffersink_get_sample_aspect_ratio)(s);
}
static inline int reel_sink_layout(const AVFilterContext *s, AVChannelLayout *layout) {
    return REEL_FILTER(av_buffersink_get_ch_layout)(s, layout);
}
static inline int reel_sink_sample_rate(const AVFilterContext *s) {
    return REEL_FILTER(av_buffersink_get_sample_rate)(s);
}
